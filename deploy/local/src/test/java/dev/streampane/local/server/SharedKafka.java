// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * One broker for all test classes of a JVM that do not configure it; who kills it restarts it. It starts when the first of them asks and ends
 * with the JVM. Transactional ids of earlier classes stay, as they do for a job that is started again.
 */
public final class SharedKafka {

    private static final Duration GONE_WITHIN = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private static LocalKafka kafka;

    private SharedKafka() {}

    /** The broker without topics: those of the class before are deleted. Who asks does not close it. */
    public static synchronized LocalKafka empty() {
        if (kafka == null) {
            kafka = LocalKafka.start(folder());
        }
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
            deleteTopics(admin);
            // the controller has deleted them; the broker hears of it a little later
            long deadline = System.nanoTime() + GONE_WITHIN.toNanos();
            while (!topics(admin).isEmpty()) {
                if (System.nanoTime() > deadline) {
                    throw new ServerException("the broker still has topics " + topics(admin));
                }
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            }
        }
        return kafka;
    }

    private static void deleteTopics(Admin admin) {
        for (KafkaFuture<Void> deleted :
                admin.deleteTopics(topics(admin)).topicNameValues().values()) {
            try {
                join(deleted);
            } catch (CompletionException e) {
                // the broker may list what the class before has deleted
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
    }

    private static Set<String> topics(Admin admin) {
        return join(admin.listTopics().names());
    }

    private static <T> T join(KafkaFuture<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory(
                    Files.createDirectories(Path.of("target").toAbsolutePath()), "kafka");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
