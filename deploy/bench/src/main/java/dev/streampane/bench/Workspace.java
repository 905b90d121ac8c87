// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.log.Topics;
import dev.streampane.local.server.LocalKafka;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** The product's broker with the product's topics, and a folder for what contenders leave; both go when it is closed. */
record Workspace(Path data, LocalKafka kafka) implements AutoCloseable {

    static Workspace open() throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("streampane-bench-");
        LocalKafka kafka = LocalKafka.start(data.resolve("kafka"));
        TopicCatalogue.load().create(kafka.bootstrapServers());
        return new Workspace(data, kafka);
    }

    String servers() {
        return kafka.bootstrapServers();
    }

    /** A folder that is not there yet. */
    Path folder(String name) {
        return data.resolve(name);
    }

    /** Makes a topic whose records have the time at which the broker appended them. */
    void createTopic(String name) {
        try (Admin admin = Topics.admin(servers())) {
            Topics.create(
                    admin,
                    new NewTopic(name, Readings.PARTITIONS, (short) 1)
                            .configs(Map.of("message.timestamp.type", "LogAppendTime")));
        }
    }

    @Override
    public void close() throws IOException {
        kafka.close();
        delete(data);
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
