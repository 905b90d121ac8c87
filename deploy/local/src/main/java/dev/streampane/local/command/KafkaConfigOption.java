// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClientConfig;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The option of subcommands that ask brokers of others: how to reach them. */
final class KafkaConfigOption extends OptionGroup {

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = {
                "Properties of the Kafka client, such as security.protocol and",
                "sasl.jaas.config, for brokers that do not speak with everyone."
            })
    private Path file;

    /** Settings of a client of these brokers. */
    Map<String, Object> client(String bootstrapServers) {
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
