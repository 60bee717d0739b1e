#!/usr/bin/env bash
# All shards of a sweep with GNU parallel, then the merge. Killed at any moment, the same command goes on.
#
#   Scenarios/campaigns/parallel.sh gc-pause 1..1000000 16 results          # 16 shards, one per processor at a time
#   PARALLEL="--sshloginfile hosts" Scenarios/campaigns/parallel.sh ...     # over ssh, with a folder that all see
set -euo pipefail

scenario=${1:?usage: parallel.sh SCENARIO SEEDS SHARDS FOLDER}
seeds=${2:?the seeds are missing, such as 1..1000}
shards=${3:?the number of shards is missing}
folder=${4:?the folder of the results is missing}
sim=${SIM:-.build/release/sim}
mkdir -p "$folder"

# An unmet expectation (1) or an inconclusive shard (2) is a result: only the merge judges all seeds.
# --resume-failed does again what the job log has as failed or not at all; sim's --resume keeps the runs of it.
parallel --joblog "$folder/jobs.log" --resume-failed --retries 3 --halt soon,fail=20% \
  "$sim sweep --scenario $scenario --seeds $seeds --shard {}/$shards --resume --jobs 1 --progress none" \
  "--format json --out $folder/shard-{}.json || [ \$? -le 2 ]" ::: $(seq "$shards")

"$sim" merge $(seq -f "$folder/shard-%.0f.json" "$shards") --out "$folder/whole.json"
