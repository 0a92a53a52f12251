"""What the runtime of Keras 2 leaves out for speed changes no number."""

import subprocess

import pytest

from sandbox import Verdict, load
from tests.sandbox.conftest import require_runtime

KERAS2 = "tf-2.15"
CODE = """
import keras, numpy
keras.utils.set_random_seed(0)
for layer in (keras.layers.LSTM, keras.layers.GRU):
    model = keras.Sequential([layer(3, batch_input_shape=(2, 4, 2), stateful=True)])
    model.compile(loss="mse", optimizer="adam")
    x, y = numpy.arange(16.0).reshape(2, 4, 2) / 16, numpy.ones((2, 3))
    history = model.fit(x, y, batch_size=2, epochs=2, verbose=0)
    print(history.history["loss"], model.predict(x, batch_size=2, verbose=0).tolist())
"""


@pytest.mark.jail
def test_recurrent_layers_train_as_in_an_untouched_interpreter(run):
    require_runtime(KERAS2)

    result = run(CODE, runtime=KERAS2, memory_bytes=2 * 2**30, wall_seconds=90, cpu_seconds=90)

    untouched = subprocess.run(
        [load(KERAS2).environment / "bin" / "python", "-c", CODE],
        capture_output=True,
        text=True,
        check=True,
        env={"CUDA_VISIBLE_DEVICES": "-1", "TF_ENABLE_ONEDNN_OPTS": "0"},
    )
    assert (result.verdict, result.stdout) == (Verdict.OK, untouched.stdout)
    assert result.stdout.count("[[") == 2
