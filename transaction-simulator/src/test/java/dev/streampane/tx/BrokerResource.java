// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.LocalKafka;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real broker with the topics of the catalogue, for the simulator under test. Injects {@link LocalKafka} and the journal's {@link Path}. */
public class BrokerResource implements QuarkusTestResourceLifecycleManager {

    private LocalKafka kafka;
    private Path journal;

    @Override
    public Map<String, String> start() {
        try {
            Path folder = Files.createTempDirectory(Path.of("target"), "broker").toAbsolutePath();
            journal = folder.resolve("journal");
            kafka = LocalKafka.start(folder);
            TopicCatalogue.load(Checkout.root().resolve("deploy/topics.yml")).create(kafka.bootstrapServers());
            return Map.of(
                    "kafka.bootstrap.servers", kafka.bootstrapServers(),
                    "tx.journal", journal.toString(),
                    "tx.rate", "400",
                    "tx.clients.count", "40",
                    "tx.scenarios.rate", "60",
                    "tx.buffer", "64K",
                    "tx.acknowledgement-timeout", "3s");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void inject(TestInjector testInjector) {
        testInjector.injectIntoFields(kafka, new TestInjector.MatchesType(LocalKafka.class));
        testInjector.injectIntoFields(journal, new TestInjector.MatchesType(Path.class));
    }

    @Override
    public void stop() {
        if (kafka != null) {
            kafka.close();
        }
    }
}
