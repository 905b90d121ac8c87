// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalKafka;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A real broker with the topics of the catalogue, for the simulator under test. Injects {@link LocalKafka} and the journal's
 * {@link Path}. Its arguments are settings of the simulator; {@code prefix} is that of their names.
 */
public class BrokerResource implements QuarkusTestResourceLifecycleManager {

    /** The system property that says where health and metrics of the service under test are. */
    static final String MANAGEMENT_PORT = "quarkus.management.port";

    private final Map<String, String> settings = new HashMap<>();
    private LocalKafka kafka;
    private Path journal;

    @Override
    public void init(Map<String, String> arguments) {
        settings.putAll(arguments);
    }

    @Override
    public Map<String, String> start() {
        try {
            Path folder = Files.createTempDirectory(Path.of("target"), "broker").toAbsolutePath();
            journal = folder.resolve("journal");
            kafka = LocalKafka.start(folder);
            TopicCatalogue.load().create(kafka.bootstrapServers());
            String prefix = settings.remove("prefix");
            String management = String.valueOf(FreePorts.next());
            System.setProperty(MANAGEMENT_PORT, management);
            settings.put(MANAGEMENT_PORT, management);
            settings.put("quarkus.management.test-port", management);
            settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
            settings.put(prefix + ".journal", journal.toString());
            settings.put(prefix + ".rate", "400");
            settings.put(prefix + ".buffer", "64K");
            settings.put(prefix + ".acknowledgement-timeout", "3s");
            return settings;
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
