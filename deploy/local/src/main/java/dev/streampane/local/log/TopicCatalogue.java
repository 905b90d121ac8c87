// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The topics of the system as {@code deploy/topics.yml} lists them.
 *
 * @param topics in the file's order
 */
public record TopicCatalogue(List<Topic> topics) {

    /**
     * One topic.
     *
     * @param partitions at least 1
     * @param config topic settings by Kafka's names
     */
    public record Topic(String name, int partitions, Map<String, String> config) {

        public Topic {
            if (name == null || partitions < 1) {
                throw new IllegalArgumentException("topic " + name + " with " + partitions + " partitions");
            }
            config = config == null ? Map.of() : Map.copyOf(config);
        }
    }

    public TopicCatalogue {
        topics = List.copyOf(topics);
    }

    /** The catalogue of the checkout. */
    public static TopicCatalogue load() {
        return load(Checkout.root().resolve("deploy/topics.yml"));
    }

    /**
     * Reads a catalogue: {@code topics:} with a list of {@code name}, {@code partitions} and {@code config}.
     *
     * @throws IllegalArgumentException naming the file when it is not of that shape
     */
    public static TopicCatalogue load(Path topicsYml) {
        try (var reader = Files.newBufferedReader(topicsYml)) {
            return Http.JSON.convertValue(
                    new Load(LoadSettings.builder().build()).loadFromReader(reader), TopicCatalogue.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(topicsYml + " is not a topic catalogue", e);
        }
    }

    /**
     * Creates the topics that the cluster does not have, each with as many copies as the brokers' {@code default.replication.factor}
     * says, and waits until they take records; what exists stays as it is.
     *
     * @throws IllegalStateException naming the topic that cannot be created
     */
    public void create(String bootstrapServers) {
        create(Topics.client(bootstrapServers));
    }

    /** The same by the settings of a client. */
    public void create(Map<String, Object> client) {
        List<NewTopic> wanted = topics.stream()
                .map(topic -> new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty())
                        .configs(topic.config()))
                .toList();
        List<NewTopic> made = new ArrayList<>();
        try (Admin admin = Admin.create(client)) {
            var created = admin.createTopics(wanted).values();
            for (NewTopic topic : wanted) {
                try {
                    created.get(topic.name()).get();
                    made.add(topic);
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw new IllegalStateException("cannot create the topic " + topic.name(), e.getCause());
                    }
                }
            }
            Topics.awaitLeaders(admin, made);
        } catch (KafkaException e) {
            throw new IllegalStateException("topics were created, but do not take records", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while topics were created", e);
        }
    }
}
