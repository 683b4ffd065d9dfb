#!/bin/sh
# phoenix-sync: wrapper around the Pulumi command line, written by `make setup`; edit tools/pulumi_wrapper.sh instead.
venv_bin=@VENV_BIN@
pulumi=@PULUMI@
language_host_folder=@LANGUAGE_HOST_FOLDER@

if [ ! -x "$pulumi" ]; then
    echo "pulumi: $pulumi is not there any more; run \`make setup\` in @ROOT@" >&2
    exit 127
fi

# What has to be ready is asked for in front of a full run, since its refresh reads everything side by side, the
# Proxmox plugin's resources too. A run with targets reads those alone, and says itself what does not answer.
#
# The SDK sends lines for debugging to the engine one by one, several for each resource; the program leaves them out
# where none of the options is given that would show or keep them.
command=
passed_by=${PHOENIX_READY-}
debug_lines=no
is_value=
for argument in "$@"; do
    if [ -n "$is_value" ]; then
        is_value=
        continue
    fi
    case $argument in
        --debug* | --verbose* | --event-log* | -[dv]* | -[!-]*[dv]*) debug_lines=yes ;;
    esac
    case $argument in
        --target* | --exclude* | -[tx]*) passed_by=yes ;;
        -[ydfjerQ][tx]* | -[ydfjerQ][ydfjerQ][tx]* | -[ydfjerQ][ydfjerQ][ydfjerQ][tx]*) passed_by=yes ;;
        --help | -h | --refresh=false | -r=false) passed_by=yes ;;
        -C | --cwd | --color | -v | --verbose | --tracing | --profiling | --memprofilerate) is_value=yes ;;
        -*) ;;
        *) command=${command:-$argument} ;;
    esac
done
case $command in
    preview | pre | up | update | refresh)
        if [ -z "$passed_by" ]; then
            told=$("$venv_bin/phoenix" ready "$@") || exit
            for variable in $told; do
                case $variable in
                    # A refresh inside the program has changed settings, and leaves out what leaves, such as all of a
                    # node that is gone. Users may say otherwise.
                    PULUMI_RUN_PROGRAM=*) [ -n "${PULUMI_RUN_PROGRAM+set}" ] || export "$variable" ;;
                    # All is ready by now: the run's own gate need not ask again.
                    PHOENIX_READY=*) export "$variable" ;;
                esac
            done
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
# By itself the engine begins four steps for each core of this machine. A stack that waits for its health holds one of
# them and costs nothing meanwhile; what costs is bounded by phoenix:parallelDeploys.
PULUMI_PARALLEL=${PULUMI_PARALLEL:-64}
# The engine is written in Go. It takes a third more memory like that, and a tenth less time for its garbage.
GOGC=${GOGC:-200}
PHOENIX_DEBUG_LINES=${PHOENIX_DEBUG_LINES:-$debug_lines}
export PATH PHOENIX_PYTHON PHOENIX_DEBUG_LINES PULUMI_SKIP_UPDATE_CHECK PULUMI_OPTION_SUPPRESS_OUTPUTS PULUMI_PARALLEL GOGC
exec "$pulumi" "$@"
