"""The last progress bar in a log's tail, as the libraries that people use print it."""

import time

import pytest

from jupyter_mlops.entities import RunProgress
from jupyter_mlops.services._progress import TAIL_BYTES, parse_progress


def bar(label, done, total):
    return RunProgress(label=label, done=done, total=total)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  0%|          | 0/100 [00:00<?, ?it/s]\r 42%|████▏     | 42/100 [00:01<00:02, 27.9it/s]", bar("", 42, 100)),
        ("train:  7%|▋  | 7.00/100 [00:01<00:13]", bar("train", 7, 100)),
        ("Epoch 3:  50%|█████     | 50/100 [00:01<00:01, 9it/s, loss=0.1]", bar("Epoch 3", 50, 100)),
        ("down: 12%|█ | 1.2k/10.0k [00:00<00:01]", bar("down", 1200, 10_000)),
        (
            "Epoch 7/20\n\x1b[1m100/400\x1b[0m \x1b[32m━━━━━\x1b[0m\x1b[37m━━━\x1b[0m \x1b[1m1s\x1b[0m 2ms/step",
            bar("Epoch 7/20", 6.25, 20),
        ),
        ("Epoch 2/4\n 469/469 [==============================] - 2s 4ms/step - loss: 0.3", bar("Epoch 2/4", 2, 4)),
        ("157/313 [=====>......] - ETA: 0s", bar("", 157, 313)),
        ("Working... ━━━━━━━━━━━━╸━━━━━━  45% 0:00:12", bar("Working...", 45, 100)),
        ("Epoch 3/10 loss=0.5", bar("Epoch 3/10", 3, 10)),
        ("[epoch 3 of 10] loss 0.5", bar("Epoch 3/10", 3, 10)),
        ("step: 500/1000", bar("Step 500/1000", 500, 1000)),
        ("Iteration 5/10\nsaved a file\nand another", bar("Iteration 5/10", 5, 10)),
        ("Fold [2/5]", bar("Fold 2/5", 2, 5)),
        ("first 10%|█  | 1/10 [0:01]\nsecond 20%|██  | 2/10 [0:01]\n", bar("second", 2, 10)),
    ],
)  # fmt: skip
def test_a_bar_is_read(text, expected):
    assert parse_progress(text.encode()) == expected


@pytest.mark.parametrize(
    "text",
    ["", "hello", "loss 3/4", "epoch 11/10", "epoch 3/0", "2026/11/21", "50%", "http://host/1/2", "5/3 [====>...]",
     "\x00\xff\r\r\r", "epochs of training"],
)  # fmt: skip
def test_what_is_no_bar_is_none(text):
    assert parse_progress(text.encode()) is None


def test_f38_any_bytes_are_read():
    assert parse_progress(bytes(range(256)) * 30 + "Größe: 50%|██  | 1/2 [0:01]".encode()) is not None
    assert parse_progress("é".encode()[1:] + b"\nepoch 1/2") == bar("Epoch 1/2", 1, 2)


@pytest.mark.parametrize(
    "text", ["9" * TAIL_BYTES, "1%|" * 3000, " " * TAIL_BYTES, "━" * 4000, "Epoch " * 1500, "1/" * 4000]
)
def test_a_hostile_tail_costs_no_time(text):
    began = time.process_time()

    parse_progress(text.encode()[:TAIL_BYTES])

    assert time.process_time() - began < 1


def test_a_label_is_safe_to_show():
    progress = parse_progress("\u202eevil\x1b]0;title\x07 <b>: 50%|██ | 1/2 [0:01]".encode())

    assert progress is not None
    assert progress.label.isprintable()
