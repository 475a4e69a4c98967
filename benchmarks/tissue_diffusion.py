"""Implicit diffusion in time, locally one-dimensional, float64: voxel-steps a CPU second for one substance and for five.

The task of BioFVM's own solver: 100^3 voxels of 20 um, nothing passes the walls, D = 1e5 um^2/min, decay 0.1/min, steps of 0.01 min; a
voxel-step is a step of all substances. Gates in the same run, on the fields that were timed: what is the same everywhere decays as
exp(-t/10 min), and a cloud of ten voxels' deviation spreads as the closed form says. Prints a table; a failed gate ends with code 1.

    python benchmarks/tissue_diffusion.py [voxels an axis, 100]
"""

import statistics
import sys
import time

import numpy as np

from seedsoil.tissue.fields.block import Block
from seedsoil.tissue.fields.transient import TransientField

REPEATS, STEPS = 7, 10
EDGE, MINUTE = 20.0, 1.0 / 1440.0
DIFFUSION, DECAY, STEP = 1e5 / MINUTE, 0.1 / MINUTE, 0.01 * MINUTE
#: Most that decay and the cloud may be off their closed forms, against what there is and against the cloud's peak.
GATE_DECAY, GATE_CLOUD = 1e-4, 2e-2


def cloud(voxels: int, variance: float) -> np.ndarray:
    """A cloud of that variance [um^2] in the middle of the block, of sum 1."""
    place = (np.arange(voxels) - 0.5 * (voxels - 1)) * EDGE
    along = np.exp(-0.5 * place**2 / variance) / np.sqrt(2.0 * np.pi * variance) * EDGE
    return along[:, None, None] * along[None, :, None] * along[None, None, :]


def main() -> None:
    """Print the table."""
    voxels = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    block = Block((voxels,) * 3, EDGE, {})
    fields = [TransientField(block, DIFFUSION, STEP, DECAY) for _ in range(5)]
    begun, variance = 200.0**2, 200.0**2 + 2.0 * DIFFUSION * STEP * STEPS
    print(f"{voxels}^3 voxels, float64, one core, {STEPS} steps of 0.01 min, median of {REPEATS}")
    failed = False
    for many in (1, 5):
        rates = []
        for _ in range(REPEATS + 1):
            clouds = [cloud(voxels, begun) for _ in range(many)]
            start = time.process_time()
            for _ in range(STEPS):
                for field, c in zip(fields, clouds, strict=False):
                    field.step(c)
            rates.append(STEPS * voxels**3 / (time.process_time() - start))
        print(f"{many} substance{'s' if many > 1 else ''}: {statistics.median(rates[1:]):.2e} voxel-steps/CPU s")
        left = np.exp(-DECAY * STEP * STEPS)
        off = np.abs(clouds[-1] / left - cloud(voxels, variance)).max() / cloud(voxels, variance).max()
        print(f"    cloud: {off:.1e} of its peak off the closed form")
        failed |= off > GATE_CLOUD
    even = np.ones(block.shape)
    fields[0].step(even, times=STEPS)
    off = np.abs(even / left - 1.0).max()
    print(f"decay: {off:.1e} off the closed form")
    if failed or off > GATE_DECAY:
        raise SystemExit("the gate was not passed")


if __name__ == "__main__":
    main()
