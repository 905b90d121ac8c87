// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.log.Topics;
import dev.streampane.local.server.LocalKafka;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** The product's broker with the product's topics, and a folder for the contenders' files; {@link #close} removes both. */
record Workspace(Path data, LocalKafka kafka) implements AutoCloseable {

    /** How long a program may take to end. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    static Workspace open() throws IOException, InterruptedException {
        Path data = newFolder();
        LocalKafka kafka = LocalKafka.start(data.resolve("kafka"));
        TopicCatalogue.load().create(kafka.bootstrapServers());
        return new Workspace(data, kafka);
    }

    /** Creates a folder that is deleted when this process exits, also by Ctrl-C or SIGTERM, after its descendants have been killed. */
    static Path newFolder() throws IOException {
        Path folder = Files.createTempDirectory("streampane-bench-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endWith(folder), "end-bench"));
        return folder;
    }

    private static void endWith(Path folder) {
        List<ProcessHandle> below = ProcessHandle.current().descendants().toList();
        below.forEach(ProcessHandle::destroyForcibly);
        below.forEach(process -> process.onExit().join());
        try {
            delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends a process, by SIGKILL if it takes longer than {@code patience}. */
    static void end(Process process, Duration patience) {
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, patience.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        process.destroyForcibly().onExit().join();
    }

    String servers() {
        return kafka.bootstrapServers();
    }

    /** Path of a folder in the workspace, which is not created here. */
    Path folder(String name) {
        return data.resolve(name);
    }

    /** Creates a topic whose records get the time at which the broker appends them. */
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

    /** Deletes a folder, if it exists. */
    static synchronized void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
