import asyncio

from app.outgoing import Sent, note_sent, noting


async def test_what_tasks_within_send_is_noted_too() -> None:
    async def send() -> None:
        note_sent("http://model:1", "words")

    with noting() as notes:
        await asyncio.gather(send(), asyncio.create_task(send()))
    note_sent("http://model:1", "nobody keeps this")
    assert notes == [Sent("http://model:1", "words")] * 2
