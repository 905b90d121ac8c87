#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Waits until Kibana is available, imports export.ndjson over what is there, and checks that every object has arrived.
# Needs a shell, curl and grep. Settings: KIBANA_URL (http://localhost:5601), KIBANA_PATIENCE (seconds, 300), KIBANA_PAUSE
# (seconds between two looks, 2), and with a secured Kibana KIBANA_CA_FILE and KIBANA_API_KEY_FILE (a file with an API key), or
# KIBANA_USER (elastic) and KIBANA_PASSWORD_FILE.
# Exit codes: 0 imported, 2 something to read is not there, 3 Kibana did not become available, 4 it refused or was gone, 5 it took only a part.
set -u

url=${KIBANA_URL:-http://localhost:5601}
patience=${KIBANA_PATIENCE:-300}
pause=${KIBANA_PAUSE:-2}
export=$(dirname "$0")/export.ndjson

fail() { # exit code, text
    echo "kibana import: $2" >&2
    exit "$1"
}

[ -r "$export" ] || fail 2 "cannot read $export"
objects=$(grep -c . "$export")

credentials() { # a line of curl's configuration, so that no list of processes shows them
    if [ -n "${KIBANA_API_KEY_FILE:-}" ]; then
        printf 'header = "Authorization: ApiKey %s"\n' "$(cat "$KIBANA_API_KEY_FILE")"
    elif [ -n "${KIBANA_PASSWORD_FILE:-}" ]; then
        printf 'user = "%s:%s"\n' "${KIBANA_USER:-elastic}" "$(cat "$KIBANA_PASSWORD_FILE")"
    fi
}

kibana() { # path, further options of curl
    path=$1
    shift
    if [ -n "${KIBANA_CA_FILE:-}" ]; then set -- --cacert "$KIBANA_CA_FILE" "$@"; fi
    credentials | curl --silent --show-error --max-time 60 --config - "$@" "$url$path"
}

for file in "${KIBANA_API_KEY_FILE:-}" "${KIBANA_PASSWORD_FILE:-}"; do
    [ -z "$file" ] || [ -r "$file" ] || fail 2 "cannot read $file"
done

begin=$(date +%s)
until status=$(kibana /api/status 2>&1) && echo "$status" | grep -q '"overall":{"level":"available"'; do
    if [ $(($(date +%s) - begin)) -ge "$patience" ]; then
        fail 3 "$url was not available within $patience s: $(echo "$status" | head -c 300)"
    fi
    sleep "$pause"
done

answer=$(kibana '/api/saved_objects/_import?overwrite=true' --header 'kbn-xsrf: import' --form "file=@$export" 2>&1) ||
    fail 4 "$url is gone: $answer"
case $answer in
    *'"success":true'*) ;;
    *'"successCount":'*) fail 5 "not all objects were taken: $(echo "$answer" | head -c 2000)" ;;
    *) fail 4 "refused: $(echo "$answer" | head -c 2000)" ;;
esac
taken=$(echo "$answer" | grep -o '"successCount":[0-9]*' | grep -o '[0-9]*$')
[ "$taken" = "$objects" ] || fail 5 "$taken of $objects objects were taken: $(echo "$answer" | head -c 2000)"
echo "kibana import: $taken objects are in $url"
