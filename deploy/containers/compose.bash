# SPDX-License-Identifier: Apache-2.0
# What smoke does when it is asked for compose: deploy/compose with a Docker engine of its own. Sourced by it.

# All that run without a profile, but for Kibana, of whose image there is no stand-in.
ran=(kafka elasticsearch jobmanager taskmanager jobs iot-simulator transaction-simulator results-api)

export DOCKER_HOST=unix://$work/docker.sock
# What .env has, but for these.
export COMPOSE_PROJECT_NAME=streampane-smoke REGISTRY=localhost/ PULL_POLICY=never WINDOWS='tumbling(10s)'
export RESULTS_API_PORT=$((8080 + offset)) FLINK_PORT=$((8081 + offset)) IOT_SIMULATOR_PORT=$((8082 + offset)) \
    TRANSACTION_SIMULATOR_PORT=$((8083 + offset)) KAFKA_PORT=$((9092 + offset)) ELASTICSEARCH_PORT=$((9200 + offset))

compose() { docker-compose --project-directory "$root/deploy/compose" --file "$root/deploy/compose/compose.yaml" "$@"; }
inspect() { compose ps --quiet "$1" | xargs docker inspect --format "$2"; } 2>>"$work/compose.log" # a line for each of its containers

start_engine() {
    rm -f "$work/docker.pid"
    dockerd --data-root "$work/docker" --exec-root "$work/docker-run" --host "$DOCKER_HOST" --pidfile "$work/docker.pid" \
        >>"$work/dockerd.log" 2>&1 </dev/null &
    engine=$!
    await "the Docker engine does not answer" 60 docker_answers
}

docker_answers() { docker version >/dev/null 2>>"$work/compose.log"; }

stop_engine() {
    kill "$engine"
    wait "$engine" || true
    engine=
}

end_compose() {
    compose logs --no-color >"$work/containers.log" 2>&1 || true
    compose down --volumes --timeout 5 >>"$work/compose.log" 2>&1 || true
    stop_engine
}

# The base and its stand-ins, under the names that compose.yaml and the Containerfiles have.
make_stand_ins() {
    begin
    local servers=$root/deploy/local/servers module home name
    cp -r "$here"/stand-ins/{kafka,elasticsearch} "$work/stand-ins/"

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

    for name in kafka elasticsearch; do
        stand_in "$name" "$(full_name "$(compose config 2>>"$work/compose.log" | sed -n "s,^    image: \(.*/$name:.*\),\1,p")")"
    done
    say "stand-ins" "Kafka, Elasticsearch"
}

# As podman has it: Docker's own registry goes without saying.
full_name() {
    case $1 in
    *.*/* | localhost/*) echo "$1" ;;
    *) echo "docker.io/$1" ;;
    esac
}

load_images() {
    begin
    local images=() image
    mapfile -t images < <(compose config 2>>"$work/compose.log" | sed -n 's/^    image: //p' | sort -u)
    for image in "${images[@]}"; do
        "${podman[@]}" image exists "$(full_name "$image")" || continue
        "${podman[@]}" save --quiet --format docker-archive "$(full_name "$image")" | docker load --quiet >>"$work/compose.log" 2>&1 || fail "$image is not loaded"
    done
    say "images in the Docker engine" "$(docker images --quiet | sort -u | wc -l)"
}

# --- What runs ---

is_well() { # service: running, and healthy where it has a health check
    [ "$(inspect "$1" '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}healthy{{end}}' | sort -u)" = "running healthy" ]
}

all_are_well() {
    local service
    for service in "${ran[@]}"; do is_well "$service" || return 1; done
}

await_well() { await "not every service is well after $1" "$2" all_are_well; } # when, seconds

compose_up() { # title
    begin
    compose up --detach --no-build "${ran[@]}" >>"$work/compose.log" 2>&1 || fail "up: $(tail -5 "$work/compose.log")"
    await_well "up" 300
    say "$1" "${#ran[@]} services"
}

await_windows() { # what has happened
    begin
    local said
    said=$("$root/deploy/compose/smoke" --within 300 2>&1) || fail "$1: $said"
    say "windows $1" "by REST and as events"
}

newest_end() { get "$RESULTS_API_PORT/api/v1/windows?job=weather-average&status=FINAL&limit=1" | jq -r '.items[0].window.end // empty'; }

is_after() { # time: a window ended later
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
    local service
    for service in "${ran[@]}"; do
        (($(inspect "$service" '{{.HostConfig.Memory}}') > 0)) || fail "$service has no memory limit"
        [ "$(awk '/^Uid:/ {print $2}' "/proc/$(inspect "$service" '{{.State.Pid}}')/status")" != 0 ] || fail "$service runs as root"
    done
}

# Everything that was read is counted once, in the log and in Elasticsearch: the audit's own arithmetic over all partitions.
is_reconciled() {
    "$root/deploy/streampane" audit --index --json --bootstrap-servers "127.0.0.1:$KAFKA_PORT" \
        --elasticsearch "http://127.0.0.1:$ELASTICSEARCH_PORT" >"$work/audit.json" 2>"$work/audit.log" || return 1
    [ "$(audited '.verdict == "BALANCED" and .index.right > 0')" = true ]
}

audited() { jq -r "$1" "$work/audit.json"; }

check_compose() { # kind
    local service restarts=0
    [ "$1" = jvm ] || export SERVICES_RUNTIME=$1 SERVICES_TAG=$version-$1
    start_engine
    load_images
    compose_up "docker compose up, $1"
    await_windows "after up"
    check_limits
    for service in "${ran[@]}"; do
        begin
        compose restart --timeout 0 "$service" >>"$work/compose.log" 2>&1 || fail "restart of $service"
        restarts=$((restarts + 1))
        await_well "a restart of $service" 300
        say "$service killed and started"
        await_window_after "after $service"
    done

    begin
    stop_engine
    start_engine
    restarts=$((restarts + ${#ran[@]}))
    await_well "a reboot" 300
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
    say "two TaskManagers"
    await_window_after "with two TaskManagers"

    begin
    await "the audit does not reconcile" 180 is_reconciled
    say "audit of log and index" "reconciled"
    echo "windows=$(audited .index.right) restarts=$restarts lost=$(audited .index.missing) doubled=$(audited '.index.extra + .index.different')"
    end_compose
}

has_task_managers() { [ "$(get "$FLINK_PORT/taskmanagers" | jq '.taskmanagers | length')" = "$1" ]; }
