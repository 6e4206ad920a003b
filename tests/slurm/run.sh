#!/usr/bin/env bash
# A sweep on a real Slurm cluster: munged, slurmctld and two slurmd on this one machine, started here, bounded in time and stopped by their process numbers.
#
# It runs the job array and the merge of docs/experiments.md over both nodes, kills a task in the middle and requeues it, runs two shards again as an array of their
# own (whose count is then another number), and compares the merged files byte for byte with those of one process.
#
# Needs root and the programs of Debian's packages munge, slurmctld, slurmd and slurm-client: without them it says so and leaves with 0.
# Usage: tests/slurm/run.sh [path of failback; default target/release/failback]
set -euo pipefail
cd "$(dirname "$0")/../.."
failback=$(realpath "${1:-target/release/failback}")
shards=6

for tool in munged slurmctld slurmd sbatch srun scontrol squeue; do
    command -v "$tool" >/dev/null || { echo "skipped: there is no $tool (Debian: apt-get install --no-install-recommends munge slurmctld slurmd slurm-client)"; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: the daemons are started as root, and this is not root"; exit 0; }

room=$(mktemp -d)
chmod 755 "$room"
daemons=()
stop() {
    local status=$?
    trap - EXIT
    if [ "$status" != 0 ]; then
        echo "failed with $status; the ends of the logs:"
        tail -n 15 "$room"/*.log "$room"/out/*.log 2>/dev/null || true
    fi
    # Jobs first: a step outlives the daemon that started it.
    if [ -n "${SLURM_CONF:-}" ]; then
        timeout 5 squeue --noheader --format=%A 2>/dev/null | xargs -r timeout 5 scancel 2>/dev/null || true
        until_true 10 "no job runs" no_jobs || true
    fi
    for process in "${daemons[@]}"; do kill "$process" 2>/dev/null || true; done
    for _ in $(seq 50); do
        local alive=0
        for process in "${daemons[@]}"; do kill -0 "$process" 2>/dev/null && alive=1; done
        [ "$alive" = 1 ] || break
        sleep 0.1
    done
    for process in "${daemons[@]}"; do kill -9 "$process" 2>/dev/null || true; done
    rm -rf "$room"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT TERM

no_jobs() { [ -z "$(timeout 5 squeue --noheader --array --states=running,pending,completing --format=%i)" ]; }

# Waits until a command succeeds, so many seconds at most.
until_true() {
    local seconds=$1 what=$2
    shift 2
    for _ in $(seq $((seconds * 5))); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.2
    done
    echo "waited $seconds s in vain until $what"
    return 1
}

host=$(hostname -s)
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null || echo $((20000 + RANDOM % 20000)); }
mkdir -p "$room"/{state,n1,n2,out}
head -c 1024 /dev/urandom >"$room/munge.key"
chmod 400 "$room/munge.key"
cat >"$room/slurm.conf" <<EOF
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(port)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$room/munge.socket
CryptoType=crypto/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SchedulerParameters=sched_interval=2
MinJobAge=300
StateSaveLocation=$room/state
SlurmctldPidFile=$room/slurmctld.pid
SlurmdSpoolDir=$room/%n
SlurmdPidFile=$room/%n.pid
SlurmctldLogFile=$room/slurmctld.log
SlurmdLogFile=$room/%n.log
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$(port) CPUs=1 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$(port) CPUs=1 State=UNKNOWN
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=10 State=UP
EOF
export SLURM_CONF=$room/slurm.conf

munged -F --socket="$room/munge.socket" --key-file="$room/munge.key" --pid-file="$room/munged.pid" --seed-file="$room/munge.seed" --log-file="$room/munged.log" >"$room/munged.out.log" 2>&1 &
daemons+=($!)
until_true 10 "munged answers" test -S "$room/munge.socket"
slurmctld -D >"$room/slurmctld.out.log" 2>&1 &
daemons+=($!)
slurmd -D -N n1 >"$room/n1.out.log" 2>&1 &
daemons+=($!)
slurmd -D -N n2 >"$room/n2.out.log" 2>&1 &
daemons+=($!)
both_idle() { [ "$(sinfo --noheader --format=%T --states=idle --Node | wc -l)" = 2 ]; }
until_true 30 "both nodes are idle" both_idle
echo "two nodes: $(sinfo --noheader --Node --format='%N %T' | paste -sd ' ')"

# Long enough on one thread that a task can be killed in its middle.
cat >"$room/site.toml" <<EOF
title        = "Small, on two nodes"
scenario     = "$PWD/scenarios/quickstart.toml"
set          = ["horizon=12 h"]
responses    = ["lag.fleet_worst.p99", "link.mean_use"]
[[vary]]
key       = "link.forward.internet.bandwidth"
log_range = { from = "100 Mbps", to = "200 Mbps", steps = 36 }
[[vary]]
key       = "link.forward.internet.rtt"
log_range = { from = "15 ms", to = "240 ms", steps = 5 }
EOF
"$failback" sweep "$room/site.toml" --out "$room/whole" --quiet

# The files of docs/experiments.md, with this program and this folder.
cat >"$room/sweep.sbatch" <<EOF
#!/bin/bash
#SBATCH --job-name=sweep
#SBATCH --array=0-$((shards - 1))
#SBATCH --cpus-per-task=1
#SBATCH --time=00:05:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=$room/out/task-%a.log
echo "task \$SLURM_ARRAY_TASK_ID on \$SLURMD_NODENAME, restart \${SLURM_RESTART_COUNT:-0}, \$SLURM_ARRAY_TASK_COUNT tasks"
srun "$failback" sweep "$room/site.toml" --out "$room/spread" --shard "\$SLURM_ARRAY_TASK_ID/$shards" --threads "\$SLURM_CPUS_PER_TASK"
EOF
job=$(sbatch --parsable "$room/sweep.sbatch")
echo "job array $job of $shards tasks"

# A task in its middle is killed, and started again.
rows() { wc -l <"$room/spread/shard-1-of-$shards/results.csv"; }
in_its_middle() { [ "$(rows)" -ge 3 ]; }
until_true 60 "shard 1 has rows" in_its_middle
pkill -9 -f -- "--shard 1/$shards" || true
echo "shard 1 killed at $(($(rows) - 1)) of 30 rows"
scontrol requeue "${job}_1" 2>/dev/null || echo "the task had ended before it could be requeued"
# A requeued task waits for two minutes unless it is told not to.
started_again() {
    scontrol update JobId="${job}_1" StartTime=now
    grep -q "restart 1" "$room/out/task-1.log"
}
until_true 60 "the killed task is started again" started_again
until_true 120 "the job array has ended" no_jobs
grep -h "^task" "$room"/out/task-*.log
grep "are finished already; going on from there" "$room/out/task-1.log"
for node in n1 n2; do
    grep -q "on $node" "$room"/out/task-*.log || { echo "no task ran on $node"; exit 1; }
done

# Two shards again, as an array of their own: its count is 2, the shards are still of $shards. The merge waits for them.
rm -r "$room/spread/shard-2-of-$shards" "$room/spread/shard-4-of-$shards"
again=$(sbatch --parsable --array=2,4 "$room/sweep.sbatch")
sbatch --parsable --dependency=afterok:"$again" --output="$room/out/merge.log" --wrap "$failback merge $room/spread" >/dev/null
merged() { [ -s "$room/spread/report.html" ] && no_jobs; }
until_true 120 "the merge has ended" merged
grep -h "2 tasks" "$room"/out/task-*.log
cat "$room/out/merge.log"

for file in results.csv runs.csv sweep.json report.html; do
    cmp "$room/whole/$file" "$room/spread/$file"
done
echo "the same bytes from one process and from $shards tasks on two nodes: results.csv, runs.csv, sweep.json, report.html ($((SECONDS)) s)"
