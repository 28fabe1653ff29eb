#!/usr/bin/env bash
# Audits many peers of which every fifth is hostile, prints what it cost, and fails where a run panics,
# leaves an invalid file, or judges the others differently.
#
#   tests/hostile/soak.sh [AUDITS [SEED]]
#
# Not in CI: it takes minutes. Peers listen on loopback, and end with it.
set -euo pipefail
cd "$(dirname "$0")/../.."
export SOAK_AUDITS=${1:-10000} SOAK_SEED=${2:-$RANDOM}
exec cargo test --locked --release --quiet --test hostile -- --ignored --nocapture --exact soak::everybody_else_is_judged_as_without_them
