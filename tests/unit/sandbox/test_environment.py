from importlib import metadata
from pathlib import Path

import pytest

from sandbox.environment import Environment, Package, base_environment, base_package, import_names
from sandbox.images import DOCKERFILE
from sandbox.packages import PACKAGES, closure

ROOT = Path(__file__).parents[3]


def test_the_closure_has_what_the_packages_need_in_their_turn() -> None:
    found = closure()
    assert {"numpy", "scikit-learn", "pywavelets", "joblib", "patsy", "python-dateutil", "cffi"} <= found.keys()
    assert found["joblib"] == metadata.version("joblib")
    # Neither what is needed on other systems or for extras only, nor what AutoIOT itself needs.
    assert not {"colorama", "pytest", "langgraph", "docker", "autoiot"} & found.keys()


def test_every_version_of_the_closure_is_pinned_for_those_who_work_on_autoiot() -> None:
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in (ROOT / "constraints.txt").read_text().split()}
    assert closure().keys() <= pinned


def test_the_image_is_not_built_without_any_of_the_packages() -> None:
    line = next(line for line in DOCKERFILE.read_text().splitlines() if '-c "import ' in line)
    assert line.split('"')[1].removeprefix("import ").split(", ") == list(PACKAGES.values())


def test_a_program_may_import_the_standard_library_and_the_packages() -> None:
    names = base_environment().importable()
    assert {"json", "numpy", "sklearn", "pywt", "statsmodels", "h5py", "pyarrow"} <= names
    assert not {"torch", "joblib", "scikit-learn"} & names


def test_requirements_are_of_what_is_imported() -> None:
    environment = base_environment()
    assert len(environment.requirements()) == len(PACKAGES)
    assert environment.requirements(frozenset({"pywt", "json"})) == [f"PyWavelets=={metadata.version('PyWavelets')}"]
    assert environment.requirements(frozenset()) == []


def test_further_packages_are_named_and_pinned() -> None:
    torch = Package("torch", "2.13.0+cpu", ("torch", "functorch"))
    environment = base_environment().with_packages([torch, Package("numpy", "9", ("numpy",))])
    assert {"torch", "functorch", "numpy"} <= environment.importable()
    assert environment.requirements(frozenset({"functorch"})) == ["torch==2.13.0"]
    assert environment.requirements(frozenset({"numpy"})) == base_environment().requirements(frozenset({"numpy"}))


def test_environments_are_values() -> None:
    assert Environment(()) == Environment(())
    assert base_environment().with_packages([]) == base_environment()


def test_a_package_that_only_others_need() -> None:
    assert base_package("joblib") == Package("joblib", closure()["joblib"], ("joblib",))
    assert base_package("python-dateutil").imports == ("dateutil",)


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["antropy/__init__.py", "antropy/entropy.py", "antropy-0.2.dist-info/METADATA"], ("antropy",)),
        (["six.py", "_cffi_backend.cpython-311-x86_64-linux-gnu.so"], ("_cffi_backend", "six")),
        (["google/protobuf/message.py"], ("google",)),
        (["numpy/_core/x.so", "numpy.libs/libgfortran.so", "../../../bin/f2py", "__pycache__/six.pyc"], ("numpy",)),
        (["a-1.data/purelib/a/__init__.py", "a-1.data/scripts/tool.py", "a-1.dist-info/x.py"], ("a",)),
        (["neurokit2/__init__.py", "tests/test_ecg.py", "tests/__init__.py"], ("neurokit2",)),
        ([], ()),
    ],
)
def test_import_names_are_read_from_what_a_package_is_made_of(files: list[str], names: tuple[str, ...]) -> None:
    assert import_names(files) == names
