#!/bin/sh
# Starts the Python language host. The Pulumi command line calls this file by its fixed name.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
python=${PHOENIX_PYTHON:-python3}
if ! command -v "$python" >/dev/null 2>&1; then
    echo "pulumi-language-python: $python not found; run \`make setup\`, then use .venv/bin/pulumi" >&2
    exit 1
fi
exec "$python" -u "$here/pulumi-language-python.pyz" "$here" "$@"
