// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Findings;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What has once kept pods from starting, by the sources of operators and images. */
final class StartChecks {

    /** apache/flink-kubernetes-operator release-1.15.0, {@code flink-kubernetes-standalone/…/decorators/UserLibMountDecorator.java}. */
    private static final String HIDDEN = "local:///opt/flink/usrlib/";

    /** By kind the pods that have volumes of Kafka. */
    private static final Map<String, String> STATEFUL =
            Map.of("Kafka", "/spec/kafka/template/pod", "KafkaNodePool", "/spec/template/pod");

    private StartChecks() {}

    /** Jars over which the operator mounts an empty folder. */
    static void jars(Manifests manifests, Findings found) {
        for (Pods job : manifests.jobs()) {
            String jar = text(job.owner(), "/spec/job/jarURI");
            found.unless(!jar.startsWith(HIDDEN), "%s: the operator hides %s", job.name(), jar);
        }
    }

    /**
     * Whoever reads of the API server, and has not all its ports. Brokers read their keys by
     * {@code io.strimzi.kafka.KubernetesSecretConfigProvider}: strimzi/strimzi-kafka-operator 0.51.0 and 1.2.0,
     * {@code cluster-operator/…/cluster/model/KafkaBrokerConfigurationBuilder.java}.
     */
    static void apiServer(Manifests manifests, Findings found) {
        Map<String, Set<String>> open = List.of("flink", "kafka", "entity-operator").stream()
                .collect(Collectors.toMap(pods -> pods, pods -> openToAll(manifests, pods)));
        Set<String> ports = new TreeSet<>(Set.of("443", "6443"));
        open.values().forEach(ports::addAll);
        open.forEach((pods, is) ->
                found.unless(is.equals(ports), "no policy lets %s out to the API server, %s: %s", pods, ports, is));
    }

    /** Services that take tokens of an issuer which no policy lets them ask. */
    static void issuers(Manifests manifests, Findings found) {
        for (Pods pods : manifests.pods()) {
            for (JsonNode container : pods.containers()) {
                Map<String, String> environment = Pods.environment(container);
                if (environment.getOrDefault("RESULTS_SECURITY_PROFILE", "").equals("oidc")) {
                    URI issuer = URI.create(environment.getOrDefault("QUARKUS_OIDC_AUTH_SERVER_URL", "none"));
                    String port = issuer.getPort() < 0 ? "443" : Integer.toString(issuer.getPort());
                    boolean open = issuer.isAbsolute()
                            && openToAll(manifests, pods.service()).contains(port);
                    found.unless(open, "%s: no policy lets it out to its issuer, %s", pods.name(), issuer);
                }
            }
        }
    }

    /** Ports of whatever has no pods to name. */
    private static Set<String> openToAll(Manifests manifests, String pods) {
        return manifests.all("NetworkPolicy").stream()
                .filter(it -> it.at("/spec/podSelector").equals(NetworkPolicies.selector(pods)))
                .flatMap(it -> items(it, "/spec/egress"))
                .filter(rule -> !rule.has("to"))
                .flatMap(rule -> items(rule, "/ports"))
                .map(port -> text(port, "/port"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Brokers whose group may not write to volumes. A context of ours takes the place of Strimzi's whole: strimzi/strimzi-kafka-operator
     * 0.51.0 and 1.2.0, {@code api/src/main/java/io/strimzi/plugin/security/profiles/impl/BaselinePodSecurityProvider.java},
     * createStatefulPodSecurityContext.
     */
    static void volumes(Manifests manifests, Findings found) {
        STATEFUL.forEach((kind, pod) -> manifests.all(kind).forEach(it -> {
            JsonNode context = it.at(pod + "/securityContext");
            boolean mayWrite =
                    context.isMissingNode() || text(context, "/fsGroup").equals("0");
            found.unless(mayWrite, "%s: its pods' securityContext is without fsGroup: 0", Manifests.nameOf(it));
        }));
    }

    /**
     * A file of settings whose format InfluxDB's image does not know by its name: influxdata/influxdata-docker d457cb9,
     * {@code influxdb/2.7/entrypoint.sh}, init_influxd.
     */
    static void formats(Manifests manifests, Findings found) {
        for (Pods pods : manifests.pods()) {
            for (JsonNode container : pods.containers()) {
                String file = Pods.environment(container).getOrDefault("INFLUXD_CONFIG_PATH", "default.yml");
                found.unless(
                        file.matches(".*\\.(toml|json|ya?ml)"),
                        "%s: INFLUXD_CONFIG_PATH=%s has no format",
                        pods.name(),
                        file);
            }
        }
    }
}
