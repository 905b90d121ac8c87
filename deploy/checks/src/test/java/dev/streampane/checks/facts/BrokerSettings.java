// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.io.IOException;
import java.net.URLClassLoader;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The settings of a Kafka broker, from the jars that the local stack runs; of its image by apache/kafka 92f61c4, docker/resources and bin. */
public final class BrokerSettings {

    private static final String PREFIX = "KAFKA_";
    private static final Set<String> OF_THE_IMAGE =
            Set.of("CLUSTER_ID", "KAFKA_HEAP_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_OPTS");

    private static final Set<String> NAMES = read();

    private BrokerSettings() {}

    /** Whether the image {@code apache/kafka} takes the variable: a broker's setting in capitals, with {@code _} for dots. */
    public static boolean readsVariable(String name) {
        return OF_THE_IMAGE.contains(name)
                || name.startsWith(PREFIX)
                        && NAMES.contains(name.substring(PREFIX.length())
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.'));
    }

    private static Set<String> read() {
        try (URLClassLoader kafka = ClassPaths.open("kafka")) {
            Object definition = kafka.loadClass("org.apache.kafka.server.config.AbstractKafkaConfig")
                    .getField("CONFIG_DEF")
                    .get(null);
            Set<?> names = (Set<?>) definition.getClass().getMethod("names").invoke(definition);
            return names.stream().map(Object::toString).collect(Collectors.toSet());
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException("no jars of Kafka: build first with 'mvn -q -DskipTests package'", e);
        }
    }
}
