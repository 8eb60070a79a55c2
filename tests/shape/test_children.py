"""What child processes run is named as text, so that services do not import it; here every name is looked up."""

import importlib
import inspect

import pytest

from shared.children.task import ChildTask
from tests.shape.test_shape import PRODUCT, ROOT


def _declared() -> list[ChildTask]:
    named = [path.relative_to(ROOT) for path in PRODUCT if "ChildTask(" in path.read_text(encoding="utf-8")]
    modules = [importlib.import_module(".".join(path.with_suffix("").parts)) for path in named]
    return [value for module in modules for value in vars(module).values() if isinstance(value, ChildTask)]


@pytest.mark.parametrize("task", _declared(), ids=lambda task: task.function)
def test_every_task_of_a_child_is_there(task: ChildTask) -> None:
    function = getattr(importlib.import_module(task.module), task.function)
    assert len(inspect.signature(function).parameters) == 2
    assert inspect.isgeneratorfunction(function)
