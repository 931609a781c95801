import pytest

from app.providers.failures import explain_status, without_secrets
from app.providers.model import OPENAI_URL, api_key, connection
from app.settings import Settings, SettingsInvalid
from graph.errors import ModelFailed


def settings(**given: str) -> Settings:
    unset = dict.fromkeys(("OPENAI_API_KEY", "OPENAI_BASE_URL"))
    return Settings.model_validate(unset | given)


def test_without_an_address_it_is_openai() -> None:
    key = {"OPENAI_API_KEY": "sk-1"}
    assert connection(settings(**key))["base_url"] == OPENAI_URL
    assert connection(settings(**key, OPENAI_BASE_URL="http://a/v1"))["base_url"] == "http://a/v1"


def test_keys() -> None:
    assert api_key(settings(OPENAI_API_KEY=" sk-1\n")).get_secret_value() == "sk-1"
    assert api_key(settings(OPENAI_BASE_URL="http://a/v1")).get_secret_value() == "none"
    with pytest.raises(ModelFailed, match="no key: set OPENAI_API_KEY"):
        api_key(settings(OPENAI_API_KEY=" "))
    with pytest.raises(SettingsInvalid, match="characters that no key has"):
        api_key(settings(OPENAI_API_KEY="sk-1\x07"))


def test_an_address_is_shown_without_what_is_secret_in_it() -> None:
    assert without_secrets("https://me:pass@models.example:8/v1?key=1#x") == "https://models.example:8/v1"
    assert without_secrets("the OpenAI API") == "the OpenAI API"


def test_only_what_was_tried_again_is_said_to_be() -> None:
    tried = {status for status in range(300, 600) if "all retries" in explain_status(status, "s", "m", "o")}
    assert tried == {408, 409, 429, *range(500, 600)}
