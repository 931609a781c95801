from app.jobs.runs import new_run_id


def test_a_task_gives_its_name_to_its_runs() -> None:
    name, _, mark = new_run_id("Find: the R-peaks, étude 3!").rpartition("-")
    assert name == "find-the-r-peaks-tude-3"
    assert len(mark) == 12
    assert new_run_id("!").startswith("run-")


def test_no_two_runs_of_one_name_are_called_the_same() -> None:
    assert len({new_run_id("numbers") for _ in range(20_000)}) == 20_000
