// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Secrets by name, with keys: those that manifests read, and those that operators make of their objects. */
final class Secrets {

    private Secrets() {}

    /** Every Secret that is named, with the keys that are read of it. */
    static Map<String, Set<String>> read(Manifests manifests) {
        Map<String, Set<String>> secrets = new TreeMap<>();
        for (JsonNode object : manifests.objects()) {
            Stream.of("secretKeyRef", "credentials")
                    .flatMap(it -> object.findValues(it).stream())
                    .forEach(it -> keys(secrets, text(it, "/name")).add(text(it, "/key")));
            for (JsonNode volume : object.findValues("secret")) {
                Set<String> keys = keys(secrets, text(volume, "/secretName"));
                items(volume, "/items").forEach(it -> keys.add(text(it, "/key")));
            }
            items(object, "/spec/tls")
                    .forEach(it -> keys(secrets, text(it, "/secretName")).addAll(Set.of("tls.crt", "tls.key")));
        }
        return secrets;
    }

    private static Set<String> keys(Map<String, Set<String>> secrets, String name) {
        return secrets.computeIfAbsent(name, any -> new TreeSet<>());
    }

    /** Those of Kafka's users and authority, of Elasticsearch's first user, and certificates, with the keys that we have a use for; sources: calls.yml. */
    static Map<String, Set<String>> madeByOperators(Manifests manifests) {
        Map<String, Set<String>> secrets = new TreeMap<>();
        manifests
                .all("KafkaUser")
                .forEach(it -> secrets.put(Manifests.plain(it), Set.of("password", "sasl.jaas.config")));
        manifests.all("Kafka").forEach(it -> secrets.put(Manifests.plain(it) + "-cluster-ca-cert", Set.of("ca.crt")));
        manifests
                .all("Kibana")
                .forEach(it -> secrets.put(Manifests.plain(it) + "-kb-http-certs-public", Set.of("ca.crt", "tls.crt")));
        manifests.all("Elasticsearch").forEach(it -> {
            secrets.put(Manifests.plain(it) + "-es-http-certs-public", Set.of("ca.crt", "tls.crt"));
            secrets.put(Manifests.plain(it) + "-es-elastic-user", Set.of("elastic"));
        });
        return secrets;
    }
}
