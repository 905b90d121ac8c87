// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.StackException;
import dev.streampane.local.log.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import javax.security.auth.login.LoginException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The option {@code --kafka-config}: settings of the Kafka client for brokers that need more than an address. */
final class KafkaConfigOption extends OptionGroup {

    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "Properties of the Kafka client (security.protocol, sasl.jaas.config),"
                    + " for brokers that require TLS or authentication.")
    private Path file;

    /** Settings of a client of these brokers, checked by making one, which resolves the brokers' names and logs in. */
    Map<String, Object> client(String bootstrapServers) {
        Map<String, Object> client = settings(bootstrapServers);
        try {
            Admin.create(client).close();
        } catch (KafkaException e) {
            Throwable why = e;
            while (why.getCause() instanceof KafkaException) {
                why = why.getCause();
            }
            if (why.getCause() instanceof LoginException refused) { // the client logs in when it is made
                throw StackException.notRunning(
                        "cannot log in with --kafka-config %s: %s".formatted(file, refused.getMessage()), e);
            }
            throw wrong(
                    "--bootstrap-servers",
                    bootstrapServers + (file == null ? "" : "' with --kafka-config '" + file),
                    "HOST:PORT, several with commas, and what Kafka's client takes, which says: " + why.getMessage());
        }
        return client;
    }

    /** As {@link #client}, once a broker answers. */
    Map<String, Object> answering(String bootstrapServers) {
        Map<String, Object> client = client(bootstrapServers);
        awaitAnswer(client, "");
        return client;
    }

    /**
     * Waits until a broker answers, for at most 10 s, which is much less than the default of Kafka's client.
     *
     * @param advice end of the error message
     * @throws StackException with {@link StackException#NOT_RUNNING} when none answers
     */
    static void awaitAnswer(Map<String, Object> client, String advice) {
        try (Admin admin = Admin.create(client)) {
            Topics.get(admin.describeCluster(new DescribeClusterOptions().timeoutMs((int) ANSWERS_WITHIN.toMillis()))
                    .nodes());
        } catch (TimeoutException e) {
            throw StackException.notRunning(
                    "no broker answers within %d s at %s%s"
                            .formatted(
                                    ANSWERS_WITHIN.toSeconds(),
                                    client.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG),
                                    advice),
                    e);
        }
    }

    /** As {@link #client}, but not checked, as for brokers whose names cannot be resolved yet. */
    Map<String, Object> settings(String bootstrapServers) {
        Map<String, Object> client = new HashMap<>();
        if (file != null) {
            Properties properties = new Properties();
            try (var reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new ParameterException(
                        commandLine(),
                        "--kafka-config: '%s' cannot be read (%s); allowed is a properties file in UTF-8"
                                .formatted(file, e.getClass().getSimpleName()));
            }
            properties.forEach((name, value) -> client.put((String) name, value));
        }
        client.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return client;
    }
}
