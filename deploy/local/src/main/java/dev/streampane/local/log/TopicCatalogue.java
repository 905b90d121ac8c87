// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.ServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
@JsonIgnoreProperties(ignoreUnknown = true)
public record TopicCatalogue(List<Topic> topics) {

    /**
     * One topic.
     *
     * @param partitions at least 1
     * @param config topic settings by Kafka's names
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Topic(String name, int partitions, Map<String, String> config) {

        /** Refuses a topic without a name or partitions. */
        public Topic {
            Objects.requireNonNull(name, "name");
            if (partitions < 1) {
                throw new IllegalArgumentException(name + " has no partitions");
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
            Object root = new Load(LoadSettings.builder().build()).loadFromReader(reader);
            return Objects.requireNonNull(Http.JSON.convertValue(root, TopicCatalogue.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new IllegalArgumentException(topicsYml + " is not a topic catalogue", e);
        }
    }

    /**
     * Creates the topics that the cluster does not have, each with as many copies as the brokers' {@code default.replication.factor}
     * says, and waits until they take records; what exists stays as it is.
     *
     * @throws ServerException naming the topic that cannot be created, and why
     */
    public void create(String bootstrapServers) {
        create(Topics.client(bootstrapServers));
    }

    /** As {@link #create(String)}, with the settings of a Kafka client. */
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
                    Topics.get(created.get(topic.name()));
                    made.add(topic);
                } catch (TopicExistsException e) {
                    // it stays as it is
                } catch (KafkaException e) {
                    throw new ServerException("cannot create the topic " + topic.name() + ": " + e.getMessage(), e);
                }
            }
            Topics.awaitLeaders(admin, made);
        } catch (KafkaException e) {
            throw new ServerException("topics were created, but do not take records: " + e.getMessage(), e);
        }
    }
}
