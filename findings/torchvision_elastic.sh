#!/bin/sh
# torchvision_elastic.sh - ElasticTransform's alpha counts half pixels, and another unit each way.
#
# Versions:    python3-torchvision 0.14.1-2 (Debian 12, amd64), unpacked; python3-torch 1.13.
# Expectation: alpha and sigma are those of Simard et al. (2003), whom most recipes follow (34 and 4
#              for digits): displacements in pixels, uniform in +-1, smoothed by a Gaussian of
#              deviation sigma, times alpha. The documentation says "magnitude of displacements".
#              Their deviation is alpha / (sqrt(3) 2 sqrt(pi) sigma) each way: 1.4 pixels for 34, 4.
# Guess:       1.4 pixels, perhaps less near the edges, for images of any shape.
# Behaviour:   half of that for square images: displacements are divided by the height where the
#              sampling grid goes from -1 to 1, which is two heights long, and so count half pixels.
#              Those to the right are divided by the height too, and those down by the width: in an
#              image four times as wide as it is high pixels move sixteen times as far to the side
#              as up or down.
# Output:      see `wanted` below: deviations in pixels far from the edges, alpha = 34, sigma = 4.
# For users:   mah.augment's alpha = 34 is ElasticTransform(alpha=68.0) for square images, and others
#              have no one alpha.
set -eu
wanted='Simard   1.4 to the side, 1.4 up and down
128 x 128  0.7 to the side, 0.7 up and down
128 x 512  2.8 to the side, 0.2 up and down
512 x 128  0.2 to the side, 2.8 up and down'
python3=/usr/bin/python3
"$python3" -c 'import PIL, torch; assert torch.__version__.startswith("1.13")' 2>/dev/null ||
  { echo "torchvision_elastic: python3-torch 1.13 and python3-pil are needed" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-torchvision=0.14.1-2
dpkg-deb -x python3-torchvision_*.deb unpacked
found=$(PYTHONPATH=unpacked/usr/lib/python3/dist-packages "$python3" -W ignore - <<'PYTHON'
import math

import torch
from torchvision.transforms import ElasticTransform

ALPHA, SIGMA, EDGE = 34.0, 4.0, 16


def moved(height, width):
    """How far pixels come: the image holds its own coordinates."""
    rows, columns = torch.meshgrid(torch.arange(float(height)), torch.arange(float(width)),
                                   indexing="ij")
    image = torch.stack([columns, rows])
    torch.manual_seed(1)
    transform = ElasticTransform(alpha=ALPHA, sigma=SIGMA)
    come = torch.stack([transform(image) - image for _ in range(20)])
    inner = come[:, :, EDGE:-EDGE, EDGE:-EDGE]
    return inner[:, 0].std().item(), inner[:, 1].std().item()


simard = ALPHA / (math.sqrt(3) * 2 * math.sqrt(math.pi) * SIGMA)
print("Simard   %.1f to the side, %.1f up and down" % (simard, simard))
for size in (128, 128), (128, 512), (512, 128):
    print("%d x %d  %.1f to the side, %.1f up and down" % (size + moved(*size)))
PYTHON
)
echo "$found"
[ "$found" = "$wanted" ] || { echo "torchvision_elastic: this has changed" >&2; exit 1; }
