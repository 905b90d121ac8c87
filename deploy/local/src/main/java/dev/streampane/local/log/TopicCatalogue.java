// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.ServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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

/** The topics of the system as {@code deploy/topics.yml} lists them. */
public final class TopicCatalogue {

    /**
     * One topic.
     *
     * @param partitions at least 1
     * @param config topic settings by Kafka's names
     */
    public record Topic(String name, int partitions, Map<String, String> config) {
        public Topic {
            config = Map.copyOf(config);
        }
    }

    private final List<Topic> topics;

    private TopicCatalogue(List<Topic> topics) {
        this.topics = List.copyOf(topics);
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
            List<Topic> topics = new ArrayList<>();
            for (Object entry : (List<?>) ((Map<?, ?>) root).get("topics")) {
                Map<?, ?> topic = (Map<?, ?>) entry;
                Map<String, String> config = new LinkedHashMap<>();
                if (topic.get("config") instanceof Map<?, ?> settings) {
                    settings.forEach((key, value) -> config.put(key.toString(), value.toString()));
                }
                topics.add(new Topic(topic.get("name").toString(), (Integer) topic.get("partitions"), config));
            }
            return new TopicCatalogue(topics);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassCastException | NullPointerException e) {
            throw new IllegalArgumentException(topicsYml + " is not a topic catalogue", e);
        }
    }

    /** The topics in the file's order. */
    public List<Topic> topics() {
        return topics;
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
                    created.get(topic.name()).get();
                    made.add(topic);
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw new ServerException(
                                "cannot create the topic " + topic.name() + ": "
                                        + e.getCause().getMessage(),
                                e.getCause());
                    }
                }
            }
            Topics.awaitLeaders(admin, made);
        } catch (KafkaException e) {
            throw new ServerException("topics were created, but do not take records: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while topics were created", e);
        }
    }
}
