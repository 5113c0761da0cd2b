"""States on disk: torn ones are noticed, the one before is used, two are kept, everything comes back."""

from pathlib import Path

import numpy as np
import pytest
import torch

from lookscape.representation.inference.samples import pictures
from lookscape.representation.training import state as training_state
from lookscape.representation.training.devices import Place, open_fabric
from lookscape.representation.training.loop import Batches, Run, set_up, train
from lookscape.representation.training.state import Saver, last_state, remove_states, save_state
from tiny_runs import FULL


@pytest.fixture(scope="module")
def run() -> Run:
    array_NHWC = np.stack(pictures(8, side=16))
    with open_fabric(FULL.precision, Place(), players=1) as fabric:
        torch.manual_seed(0)
        made = set_up(FULL.new_model(), FULL, fabric=fabric)
        train(made, FULL, Batches(array_NHWC=array_NHWC, rows=np.arange(8), batch_size=8, seed=0), start=0, hooks=[])
    return made


def keep(folder: Path, run: Run, *steps: int) -> list[Path]:
    for step in steps:
        save_state(folder, run, step=step, seconds=step / 2, fingerprint="f")
    return sorted(folder.glob("state-*"))


def test_the_newest_comes_back_and_two_are_kept(run: Run, tmp_path: Path) -> None:
    assert last_state(tmp_path) is None
    assert len(keep(tmp_path, run, 5, 10, 20)) == 2
    state = last_state(tmp_path)
    assert state is not None
    assert (state.step, state.seconds, state.fingerprint) == (20, 10.0, "f")


@pytest.mark.parametrize("damage", ["cut short", "one bit", "empty"])
def test_a_damaged_one_is_passed_over(damage: str, run: Run, tmp_path: Path) -> None:
    *_, newest = keep(tmp_path, run, 5, 10)
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes({"cut short": bytes(content[:-100]), "one bit": bytes(content), "empty": b""}[damage])
    state = last_state(tmp_path)
    assert state is not None
    assert state.step == 5


def test_nothing_in_it_is_pickled(run: Run, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    (path,) = keep(tmp_path, run, 5)
    names = {name.partition("/")[0] for name in load_file(path)}
    assert names == {"model", "average", "optimizer0"}


def test_everything_comes_back_as_it_lay_in_memory(run: Run, tmp_path: Path) -> None:
    keep(tmp_path, run, 5)
    state = last_state(tmp_path)
    assert state is not None
    with open_fabric(FULL.precision, Place(), players=1) as fabric:
        other = set_up(FULL.new_model(), FULL, fabric=fabric)
    state.restore(other)
    pairs = zip(run.optimizers[0].param_groups[0]["params"], other.optimizers[0].param_groups[0]["params"], strict=True)
    for one, its in pairs:
        assert torch.equal(one, its)
        for key, value in run.optimizers[0].state[one].items():
            assert torch.equal(value, other.optimizers[0].state[its][key])
            assert value.stride() == other.optimizers[0].state[its][key].stride()
    assert run.average is not None
    assert other.average is not None
    restored = other.average.state_dict()
    assert all(torch.equal(tensor, restored[name]) for name, tensor in run.average.state_dict().items())


def test_torn_files_go_and_all_can_be_removed(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".state-000000005-aa.safetensors.1.ab.tmp").write_bytes(b"half")
    keep(tmp_path, run, 5)
    assert len(list(tmp_path.iterdir())) == 1
    remove_states(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_saves_come_by_the_clock_and_never_cost_more_than_a_hundredth(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(training_state.time, "monotonic", lambda: now[0])
    saver = Saver(tmp_path, run, fingerprint="f", since=100.0)
    saved: list[int] = []

    def slow(*args: object, step: int, seconds: float, fingerprint: str) -> None:
        saved.append(step)
        now[0] += 1.0

    monkeypatch.setattr(training_state, "save_state", slow)
    for step in range(1, 131):
        now[0] += 1.0
        saver(step, {})
    assert saved == [10, 110]
    assert saver.seconds == 100 + 130 + 2
    saver.save()
    assert saved[-1] == 130
