#!/bin/sh
# What people run today from cron or a unit: who am I, what should I be, say so. script.sh BASE-URL DIRECTORY
set -eu
base=$1
cd "$2"
curl -sf "$base/v1/subscriber" -o subscriber.json
curl -sf "$base/v1/userdata" -o userdata.yaml
curl -sf -X PUT -H 'Content-Type: application/json' -o /dev/null \
    -d '[{"tagName":"kitting_state","tagValue":"provisioned"},{"tagName":"kitting_imei","tagValue":"490154203237518"}]' \
    "$base/v1/subscriber/tags"
