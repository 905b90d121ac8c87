# SPDX-License-Identifier: Apache-2.0
# What smoke does for `compose`: runs deploy/compose with a Docker engine of its own. Sourced by smoke.

# All services without a profile, except Kibana, whose image has no stand-in.
ran=(kafka elasticsearch jobmanager taskmanager jobs iot-simulator transaction-simulator results-api)
# Services of profiles that have a stand-in; no other service waits for them.
watching=(prometheus influxdb)

export DOCKER_HOST=unix://$work/docker.sock
# These replace the settings of .env.
registry=127.0.0.1:$((5000 + offset))
export COMPOSE_PROJECT_NAME=streampane-smoke REGISTRY=$registry/ PULL_POLICY=if_not_present WINDOWS='tumbling(10s)'
export RESULTS_API_PORT=$((8080 + offset)) FLINK_PORT=$((8081 + offset)) IOT_SIMULATOR_PORT=$((8082 + offset)) \
    TRANSACTION_SIMULATOR_PORT=$((8083 + offset)) KAFKA_PORT=$((9092 + offset)) ELASTICSEARCH_PORT=$((9200 + offset))
export COMPOSE_PROFILES=monitoring,timeseries PROMETHEUS_PORT=$((9090 + offset)) INFLUXDB_PORT=$((8086 + offset)) INFLUXDB_PASSWORD=$RANDOM$RANDOM$RANDOM

digests= # a Compose file with our images by digest
compose() {
    docker-compose --project-directory "$root/deploy/compose" --file "$root/deploy/compose/compose.yaml" ${digests:+--file "$digests"} "$@"
}
# docker-compose finds containers by the same labels, but takes 1 to 2 s of processor time a call.
containers_of() { docker ps --all --quiet --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --filter "label=com.docker.compose.service=$1"; }
inspect() { containers_of "$1" | xargs docker inspect --format "$2"; } 2>>"$work/compose.log" # a line for each of its containers

start_engine() {
    rm -f "$work/docker.pid"
    dockerd --data-root "$work/docker" --exec-root "$work/docker-run" --host "$DOCKER_HOST" --pidfile "$work/docker.pid" \
        >>"$work/dockerd.log" 2>&1 </dev/null &
    engine=$!
    await "the Docker engine does not answer" 60 docker_answers
}

docker_answers() { docker version >/dev/null 2>>"$work/compose.log"; }

stop_engine() {
    kill "$engine" || true
    wait "$engine" || true
    engine=
}

end_compose() {
    compose logs --no-color >"$work/containers.log" 2>&1 || true
    compose down --volumes --timeout 5 >>"$work/compose.log" 2>&1 || true
    stop_engine
}

# Builds the stand-ins of the servers, under the image names of compose.yaml.
make_stand_ins() {
    begin
    local servers=$root/deploy/local/servers module home server
    cp -r "$here"/stand-ins/{kafka,elasticsearch,prometheus,influxdb} "$work/stand-ins/"
    cp "$(command -v prometheus)" "$work/stand-ins/prometheus/"
    cp "$(command -v influxd)" "$work/stand-ins/influxdb/"

    mkdir "$work/stand-ins/kafka/libs"
    tr ':' '\n' <"$servers/kafka/target/classpath" | xargs -d '\n' cp -t "$work/stand-ins/kafka/libs"

    home=$work/stand-ins/elasticsearch/home
    mkdir -p "$home/lib" "$home/modules/transport-netty4"
    module=/$(sed -n 's/.* JARS_OF_MODULE = "\(.*\)\.\*";.*/\1/p' "$root/deploy/local/src/main/java/dev/streampane/local/server/LocalElasticsearch.java")[^/]*$
    tr ':' '\n' <"$servers/elasticsearch/target/classpath" >"$work/jars"
    grep -E "$module" "$work/jars" | xargs -d '\n' cp -t "$home/modules/transport-netty4"
    grep -vE "$module" "$work/jars" | xargs -d '\n' cp -t "$home/lib"
    (cd "$home/modules/transport-netty4" && jar xf transport-netty4-*.jar META-INF/es-plugins && mv META-INF/es-plugins/*/* . && rm -r META-INF)
    cp -r "$servers/elasticsearch/target/classes" "$home/main"

    for server in kafka elasticsearch "${watching[@]}"; do
        stand_in "$server" "$(full_name "$(compose config 2>>"$work/compose.log" | sed -nE "s#^    image: ((.*/)?$server:.*)#\1#p")")"
    done
    say "stand-ins" "Kafka, Elasticsearch, Prometheus, InfluxDB"
}

# The name that podman uses: with Docker's registry, which docker leaves out.
full_name() {
    case $1 in
    *.*/* | localhost/*) echo "$1" ;;
    *) echo "docker.io/$1" ;;
    esac
}

load_images() {
    begin
    local images=() image
    mapfile -t images < <(compose config 2>>"$work/compose.log" | sed -n 's/^    image: //p' | grep -v "^$registry/" | sort -u)
    for image in "${images[@]}"; do
        "${podman[@]}" image exists "$(full_name "$image")" || continue
        "${podman[@]}" save --quiet --format docker-archive "$(full_name "$image")" | docker load --quiet >>"$work/compose.log" 2>&1 || fail "$image is not loaded"
    done
    say "stand-ins in the Docker engine" "$(docker images --quiet | sort -u | wc -l)"
}

# --- The release: pushes our images to a registry, each with a manifest list under its version, and pulls them by digest ---

declare -A released=()

start_registry() {
    cat >"$work/registry.yml" <<TEXT
version: 0.1
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: "$registry"}
TEXT
    docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 </dev/null &
    registry_process=$!
    await "the registry does not answer" 30 get "${registry#*:}/v2/" >>"$work/registry.log"
}

release() { # image: prints its digest
    local tag
    tag=$registry/$1-$(dpkg --print-architecture)
    {
        "${podman[@]}" tag "localhost/$1" "$tag" &&
            "${podman[@]}" push --tls-verify=false --quiet "$tag" &&
            "${podman[@]}" manifest create "$registry/$1" &&
            "${podman[@]}" manifest add --tls-verify=false "$registry/$1" "docker://$tag" &&
            "${podman[@]}" manifest push --all --tls-verify=false --digestfile "$work/digest" "$registry/$1" "docker://$registry/$1" &&
            COSIGN_PASSWORD='' sign "$registry/${1%:*}@$(<"$work/digest")" "$(bill_of "$1")"
    } >>"$work/release.log" 2>&1 || fail "$1 is not released: $(tail -3 "$work/release.log")"
    cat "$work/digest"
}

# Prints the bill of materials of the image's module, or nothing: with -o, Maven makes none.
bill_of() { # image
    local bill=${1#*/}
    bill=${bill%:*} bill=${bill/flink-job/flink-pipeline} bill=${bill/command/local}
    find "$root" -maxdepth 4 -path "*/target/$bill-$version-sbom.json"
}

# Signs with a key of this run in place of the workflow's identity; does nothing without cosign.
sign() { # image, its bill of materials
    command -v cosign >/dev/null || return 0
    [ -e "$work/cosign.key" ] || (cd "$work" && cosign generate-key-pair) &&
        cosign sign --yes --key "$work/cosign.key" --tlog-upload=false "$1" &&
        cosign verify --key "$work/cosign.pub" --insecure-ignore-tlog "$1" &&
        { [ -z "$2" ] || attest "$1" "$2"; }
}

attest() { # image, its bill of materials: checks that the registry has what Maven wrote
    cosign attest --yes --key "$work/cosign.key" --tlog-upload=false --type cyclonedx --predicate "$2" "$1" &&
        cosign verify-attestation --key "$work/cosign.pub" --insecure-ignore-tlog --type cyclonedx "$1" >"$work/attestation.json" &&
        jq -r .payload "$work/attestation.json" | base64 -d | jq -e --slurpfile bill "$2" '.predicate == $bill[0]' &&
        echo "$1" >>"$work/bills"
}

release_images() {
    begin
    local service image
    digests=
    compose config 2>>"$work/compose.log" | awk -v ours="$registry/" '/^  [^ ]+:$/ {service = $1} $1 == "image:" && index($2, ours) == 1 {print service, $2}' >"$work/ours"
    echo "services:" >"$work/digests.yaml"
    while read -r service image; do
        image=${image#"$registry/"}
        [ -n "${released[$image]:-}" ] || released[$image]=$(release "$image")
        printf '  %s {image: "%s@%s"}\n' "$service" "$registry/${image%:*}" "${released[$image]}" >>"$work/digests.yaml"
    done <"$work/ours"
    digests=$work/digests.yaml
    compose pull --quiet $(sed 's/:.*//' "$work/ours") >>"$work/compose.log" 2>&1 || fail "pull: $(tail -3 "$work/compose.log")"
    say "images out of a registry" "${#released[@]}, by digest$([ ! -e "$work/cosign.key" ] || echo ", signed and verified")$(
        [ ! -e "$work/bills" ] || echo "; bills of materials: $(wc -l <"$work/bills")"
    )"
}

# --- What runs ---

is_well() { # service: running, and healthy where it has a health check
    [ "$(inspect "$1" '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}healthy{{end}}' | sort -u)" = "running healthy" ]
}

all_are_well() {
    local service
    for service in "${ran[@]}" "${watching[@]}"; do is_well "$service" || return 1; done
}

await_well() { await "not every service is well after $1" "$2" all_are_well; } # when, seconds

compose_up() { # title
    begin
    compose up --detach --no-build "${ran[@]}" "${watching[@]}" >>"$work/compose.log" 2>&1 || fail "up: $(tail -5 "$work/compose.log")"
    await_well "up" 900
    say "$1" "$((${#ran[@]} + ${#watching[@]})) services"
}

await_windows() { # what has happened
    begin
    local said
    said=$("$root/deploy/compose/smoke" --within 300 2>&1) || fail "$1: $said"
    say "windows $1" "by REST and as events; the page"
}

newest_end() { get "$RESULTS_API_PORT/api/v1/windows?job=weather-average&status=FINAL&limit=1" | jq -r '.items[0].window.end // empty'; }

is_after() { # time: the newest window ended later
    local end
    end=$(newest_end) && [[ $end > $1 ]]
}

await_window_after() { # what has happened; a window that ends after now
    local now
    now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    begin
    await "no window after $1" 180 is_after "$now"
    say "next window $1"
}

check_limits() {
    begin
    local service pid
    for service in "${ran[@]}" "${watching[@]}"; do
        (($(inspect "$service" '{{.HostConfig.Memory}}') > 0)) || fail "$service has no memory limit"
        pid=$(inspect "$service" '{{.State.Pid}}')
        [ "$(awk '/^Uid:/ {print $2}' "/proc/$pid/status")" != 0 ] || fail "$service runs as root"
        [[ " ${services[*]} " != *" $service "* ]] || check_confined "$service" "$pid"
    done
    say "limits" "memory, non-root; ours: read-only, no capabilities"
}

sees_every_target() {
    get "$PROMETHEUS_PORT/api/v1/targets?state=active" >"$work/targets.json" &&
        [ "$(jq '[.data.activeTargets[] | select(.health == "up") | .labels.job] | unique | length' "$work/targets.json")" = \
            "$(grep -c 'job_name:' "$root/deploy/dashboards/prometheus/prometheus.yml")" ]
}

check_prometheus() {
    begin
    await "Prometheus does not see every target" 90 sees_every_target
    say "Prometheus scrapes" "$(jq -r '[.data.activeTargets[].labels.job] | unique | join(", ")' "$work/targets.json")"
}

# Whether every record read is counted once, in the log and in Elasticsearch: by the audit, over all partitions.
is_reconciled() {
    "$root/deploy/streampane" audit --index --json --bootstrap-servers "127.0.0.1:$KAFKA_PORT" \
        --elasticsearch "http://127.0.0.1:$ELASTICSEARCH_PORT" >"$work/audit.json" 2>"$work/audit.log" || return 1
    [ "$(audited '.verdict == "BALANCED" and .index.right > 0')" = true ]
}

check_audit() { # when
    begin
    await "the audit does not reconcile $1" 180 is_reconciled
    say "audit $1" "of log and index: reconciled"
}

audited() { jq -r "$1" "$work/audit.json"; }

check_compose() { # kind
    local service restarts=0
    [ "$1" = jvm ] || export SERVICES_RUNTIME=$1 SERVICES_TAG=$version-$1
    start_engine
    load_images
    release_images
    compose_up "docker compose up, $1"
    await_windows "after up"
    check_limits
    check_prometheus
    check_audit "at first"
    for service in "${ran[@]}"; do
        begin
        compose restart --timeout 0 "$service" >>"$work/compose.log" 2>&1 || fail "restart of $service"
        restarts=$((restarts + 1))
        await_well "a restart of $service" 900
        say "$service killed and started"
        await_window_after "after $service"
    done

    begin
    stop_engine
    start_engine
    restarts=$((restarts + ${#ran[@]}))
    await_well "a reboot" 900
    say "engine ended and started"
    await_window_after "after that"

    begin
    compose down --timeout 10 >>"$work/compose.log" 2>&1 || fail "down"
    restarts=$((restarts + ${#ran[@]}))
    say "docker compose down" "volumes stay"
    compose_up "docker compose up, again"
    await_window_after "after down and up"

    begin
    compose up --detach --no-build --scale taskmanager=2 taskmanager >>"$work/compose.log" 2>&1 || fail "scale: $(tail -5 "$work/compose.log")"
    await "no second TaskManager" 120 has_task_managers 2
    await_well "scaling" 120
    await "a TaskManager's health check fails" 60 passes_own_health_check taskmanager # Docker reports it only after two minutes
    say "two TaskManagers"
    await_window_after "with two TaskManagers"

    check_audit "at last"
    echo "windows=$(audited .index.right) restarts=$restarts lost=$(audited .index.missing) doubled=$(audited '.index.extra + .index.different')"
    end_compose
}

passes_own_health_check() { # service: each of its containers
    local container words
    for container in $(containers_of "$1"); do
        mapfile -t words < <(docker inspect --format '{{range .Config.Healthcheck.Test}}{{println .}}{{end}}' "$container" | grep .)
        docker exec "$container" "${words[@]:1}" >>"$work/compose.log" 2>&1 || return 1
    done
}

has_task_managers() { [ "$(get "$FLINK_PORT/taskmanagers" | jq '.taskmanagers | length')" = "$1" ]; }
