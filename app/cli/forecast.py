"""What `autoiot run --forecast` prints."""

from rich.console import Console
from rich.table import Table

from app.providers.prices import Prices
from graph.budget import Spent, falls_short, in_words
from graph.forecast import forecast
from graph.task import Task


def print_forecast(console: Console, task: Task, model: str, prices: Prices, *, searches_web: bool) -> None:
    stages = forecast(task, searches_web=searches_web)
    table = Table(
        "", "usual calls", "at most", "tokens to the model", "from it", title="Forecast", title_justify="left"
    )
    for stage in stages:
        tokens = (f"{stage.usual * number:,.0f}" for number in (stage.input_tokens, stage.output_tokens))
        table.add_row(stage.name, f"{stage.usual:g}", str(stage.most), *tokens)
    calls = sum(stage.usual for stage in stages)
    tokens_in = sum(stage.usual * stage.input_tokens for stage in stages)
    tokens_out = sum(stage.usual * stage.output_tokens for stage in stages)
    most = sum(stage.most for stage in stages)
    table.add_row("together", f"{calls:.0f}", str(most), f"{tokens_in:,.0f}", f"{tokens_out:,.0f}", style="bold")
    console.print(table)
    usd = prices.usd(model, round(tokens_in), round(tokens_out))
    price = f"price of {model} unknown (AUTOIOT_PRICES)" if usd is None else f"about {usd:.4f} USD with {model}"
    budget = in_words(task.budget)
    console.print(f"{price}; {f'budget {budget}' if budget else 'no budget'}", soft_wrap=True)
    if falls_short(task.budget, Spent(round(calls), round(tokens_in + tokens_out), usd or 0.0)):
        console.print("The budget does not last for what is usual: the run would end before that.", soft_wrap=True)
    console.print(
        "Tokens are those of the recorded example; calls of tools come on top. Nothing was asked, nothing spent.",
        soft_wrap=True,
    )
