#!/bin/sh
# phoenix-sync: wrapper around the Pulumi command line, written by `make setup`; edit tools/pulumi_wrapper.sh instead.
venv_bin=@VENV_BIN@
pulumi=@PULUMI@
language_host_folder=@LANGUAGE_HOST_FOLDER@

if [ ! -x "$pulumi" ]; then
    echo "pulumi: $pulumi is not there any more; run \`make setup\` in @ROOT@" >&2
    exit 127
fi

# Full runs let the refresh run the program: reads then follow depends_on, behind the readiness gates.
# Runs with targets must not, because the engine would read every declared resource.
# Neither may destroy, which works without the program.
command=
scoped=
is_value=
for argument in "$@"; do
    if [ -n "$is_value" ]; then
        is_value=
        continue
    fi
    case $argument in
        --target* | --exclude* | -[tx]*) scoped=yes ;;
        -[ydfjerQ][tx]* | -[ydfjerQ][ydfjerQ][tx]* | -[ydfjerQ][ydfjerQ][ydfjerQ][tx]*) scoped=yes ;;
        -C | --cwd | --color | -v | --verbose | --tracing | --profiling | --memprofilerate) is_value=yes ;;
        -*) ;;
        *) command=${command:-$argument} ;;
    esac
done
case $command in
    preview | pre | up | update | refresh)
        if [ -z "$scoped" ] && [ -z "${PULUMI_RUN_PROGRAM+set}" ]; then
            PULUMI_RUN_PROGRAM=true
            export PULUMI_RUN_PROGRAM
        fi
        ;;
    destroy | down | dn)
        # Works without the program, which refuses the state of another site everywhere else.
        "$venv_bin/phoenix" state guard "$@" || exit
        ;;
esac

PATH=$venv_bin:${pulumi%/*}:$language_host_folder:$PATH
PHOENIX_PYTHON=${PHOENIX_PYTHON:-$venv_bin/python}
PULUMI_SKIP_UPDATE_CHECK=${PULUMI_SKIP_UPDATE_CHECK:-true}
# What a site is stands in its outputs, long as they are: `pulumi stack output` tells it, and no run repeats it.
PULUMI_OPTION_SUPPRESS_OUTPUTS=${PULUMI_OPTION_SUPPRESS_OUTPUTS:-true}
export PATH PHOENIX_PYTHON PULUMI_SKIP_UPDATE_CHECK PULUMI_OPTION_SUPPRESS_OUTPUTS
exec "$pulumi" "$@"
