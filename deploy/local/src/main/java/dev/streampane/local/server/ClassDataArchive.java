// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The class data sharing (CDS) archives of the servers: their classes as a JVM has read, verified and linked them, so that the next
 * starts take half of the processor time. The build makes the archives of Kafka and of Elasticsearch, by a start of each. A JVM that
 * the archive does not fit starts without it.
 */
public final class ClassDataArchive {

    private static final String MADE_HERE = "streampane.class-data-archive";
    private static final int ENDS_WITHIN_MINUTES = 2;

    private ClassDataArchive() {}

    /** The option with which a server's JVM uses the archive, or writes it during {@link #main}. */
    static String option(String server) {
        return Boolean.getBoolean(MADE_HERE)
                ? "-XX:ArchiveClassesAtExit=" + unfinished(server)
                : "-XX:SharedArchiveFile=" + archive(server);
    }

    private static Path archive(String server) {
        return Checkout.server(server).resolve("target").resolve(server + ".jsa");
    }

    private static Path unfinished(String server) {
        return archive(server).resolveSibling(server + ".jsa.new");
    }

    /**
     * Makes the archives.
     *
     * @param args one argument, an empty folder for the servers' data
     */
    public static void main(String[] args) throws Exception {
        System.setProperty(MADE_HERE, "true");
        Path data = Path.of(args[0]);
        int[] ports = FreePorts.next(2);
        try (var elasticsearch = new LocalElasticsearch(data.resolve("elasticsearch"), ports[0], ports[1])) {
            elasticsearch.launch(); // starts while the broker does
            try (LocalKafka kafka = LocalKafka.start(data.resolve("kafka"))) {
                elasticsearch.awaitReady();
                CompletableFuture.allOf(end(kafka), end(elasticsearch)).get(ENDS_WITHIN_MINUTES, TimeUnit.MINUTES);
            }
        }
        for (String server : List.of("kafka", "elasticsearch")) { // other processes may start one meanwhile
            Files.move(unfinished(server), archive(server), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Ends a server; its JVM then writes the archive. */
    private static CompletableFuture<?> end(LocalServer server) {
        ServerProcess.terminate(server.process());
        return server.process().onExit();
    }
}
