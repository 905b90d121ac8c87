// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/** A broker with one listener that everybody may use, and one where a user must be known, by SCRAM-SHA-512. */
public final class ScramKafka implements AutoCloseable {

    private static final String MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule required";
    private static final String PASSWORD = "secret";

    private final LocalKafka broker;
    private final String secured;

    private ScramKafka(LocalKafka broker, String secured) {
        this.broker = broker;
        this.secured = secured;
    }

    /**
     * Starts it.
     *
     * @param more settings of the broker
     */
    public static ScramKafka start(Path data, Map<String, String> more) {
        int[] ports = FreePorts.next(3);
        String open = "PLAINTEXT://127.0.0.1:" + ports[0];
        String secured = "127.0.0.1:" + ports[2];
        Map<String, String> settings = new HashMap<>(more);
        settings.put("listeners", open + ",SECURED://" + secured + ",CONTROLLER://127.0.0.1:" + ports[1]);
        settings.put("advertised.listeners", open + ",SECURED://" + secured);
        settings.put(
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SECURED:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.put("listener.name.secured.scram-sha-512.sasl.jaas.config", MODULE + ";");
        return new ScramKafka(LocalKafka.start(data, ports[0], ports[1], settings), secured);
    }

    /** The address that everybody may use. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** What a client of the other one needs, as a user who need not be known yet. */
    public Map<String, String> client(String user) {
        return Map.of(
                "bootstrap.servers",
                secured,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                "%s username=\"%s\" password=\"%s\";".formatted(MODULE, user, PASSWORD));
    }

    /** From now on the user is known. */
    public static void add(Admin admin, String user) throws ExecutionException, InterruptedException {
        var info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user, info, PASSWORD)))
                .all()
                .get();
    }

    @Override
    public void close() {
        broker.close();
    }
}
