# slurm.sh - a Slurm of one node, for tests: its own daemons in a folder of their own, as root or as any
# user. Sourced, or run to try something:
#
#   . "$ROOT/tests/cluster/slurm.sh"
#   start_slurm 8                  # processors that it has to give; sets $SLURM_CONF
#   ...; sbatch ...; scontrol ...
#   stop_slurm                     # kills what runs, and removes the folder
#
#   tests/cluster/slurm.sh sh      # a shell with such a Slurm; the tests are in test_slurm.sh

slurm_folder= # without blanks, which Slurm's settings cannot have
slurm_programs="munged slurmctld slurmd sbatch scontrol squeue sinfo"

# free_ports N: so many, one a line.
free_ports() {
  python3 - "$1" <<'END'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets: s.bind(("127.0.0.1", 0))
for s in sockets: print(s.getsockname()[1])
END
}

# write_slurm_conf CPUS: config_overrides lets it claim more processors than there are, linuxproc and
# none do without cgroups; no job has to wait for another's memory.
write_slurm_conf() {
  host=$(hostname -s) user=$(id -un) d=$slurm_folder
  set -- "$1" $(free_ports 2)
  cat >"$d/slurm.conf" <<END
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$2
SlurmdPort=$3
SlurmUser=$user
SlurmdUser=$user
AuthInfo=socket=$d/munge.sock
StateSaveLocation=$d/state
SlurmdSpoolDir=$d/spool
SlurmctldPidFile=$d/slurmctld.pid
SlurmdPidFile=$d/slurmd.pid
SlurmctldLogFile=$d/slurmctld.log
SlurmdLogFile=$d/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
KillWait=10
NodeName=$host NodeAddr=127.0.0.1 CPUs=$1 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
END
}

# start_slurm CPUS: until the node is idle; fails, with the daemons' logs, where it is not within 20 s.
start_slurm() {
  slurm_folder=$(mktemp -d /tmp/mah-slurm.XXXXXX) || return 1
  chmod 755 "$slurm_folder"
  mkdir -m 700 "$slurm_folder/key" "$slurm_folder/state" "$slurm_folder/spool"
  head -c 1024 /dev/urandom >"$slurm_folder/key/k"
  chmod 600 "$slurm_folder/key/k"
  write_slurm_conf "$1"
  SLURM_CONF=$slurm_folder/slurm.conf
  export SLURM_CONF
  munged --key-file="$slurm_folder/key/k" --seed-file="$slurm_folder/key/s" \
    --socket="$slurm_folder/munge.sock" --pid-file="$slurm_folder/munged.pid" \
    --log-file="$slurm_folder/munged.log" && slurmctld -i && slurmd || return 1
  tries=200
  until [ "$(sinfo -h -o %t 2>/dev/null)" = idle ]; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || { tail -n 20 "$slurm_folder"/*.log; return 1; }
    sleep 0.1
  done
}

# slurm_pids: of the daemons that run.
slurm_pids() {
  for name in slurmd slurmctld munged; do
    pid=$(cat "$slurm_folder/$name.pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null && echo "$pid"
  done
}

# stop_slurm: jobs first, so that slurmd has none to wait for.
stop_slurm() {
  [ -n "$slurm_folder" ] || return 0
  [ -z "$(slurm_pids)" ] || scancel --full -s KILL $(squeue -h -o %A 2>/dev/null) 2>/dev/null
  kill $(slurm_pids) 2>/dev/null
  tries=100
  while [ -n "$(slurm_pids)" ] && [ $tries -gt 0 ]; do
    tries=$((tries - 1))
    sleep 0.1
  done
  kill -KILL $(slurm_pids) 2>/dev/null
  rm -rf "$slurm_folder"
  slurm_folder=
}

case ${0##*/} in
  slurm.sh)
    trap stop_slurm EXIT
    trap 'exit 130' INT TERM HUP
    start_slurm 8 && "$@"
    ;;
esac
