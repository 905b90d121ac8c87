// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.Certificates;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.config.ConfigResource;

/**
 * A broker that speaks SASL_SSL alone and denies what no ACL of {@code deploy/acls.yml} allows; its one other listener, the controller's,
 * wants a certificate. A user per principal, each with a password of its own.
 */
final class SecuredKafka implements AutoCloseable {

    /** Whoever administers the cluster; no service or job. */
    static final String ADMIN = "admin";

    private static final String JAAS =
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";";

    private final Path data;
    private final Certificates certificates;
    private final Map<String, String> passwords = new TreeMap<>();
    private final AclCatalogue acls = AclCatalogue.load(Checkout.root().resolve("deploy/acls.yml"));
    private final LocalKafka broker;

    private SecuredKafka(Path data, Certificates certificates, String storePassword) throws Exception {
        this.data = data;
        this.certificates = certificates;
        passwords.put(ADMIN, Secrets.next());
        acls.principals().forEach(principal -> passwords.put(principal.name(), Secrets.next()));
        int[] ports = FreePorts.next(2);
        String clients = "127.0.0.1:" + ports[0];
        Map<String, String> settings = new TreeMap<>();
        // the files of indices are allocated at once, and searched for secrets
        settings.put("log.index.size.max.bytes", "1048576");
        settings.put("listeners", "CLIENTS://" + clients + ",CONTROLLER://127.0.0.1:" + ports[1]);
        settings.put("advertised.listeners", "CLIENTS://" + clients);
        settings.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:SSL");
        settings.put("inter.broker.listener.name", "CLIENTS");
        settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.put("sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512");
        settings.put("listener.name.clients.scram-sha-512.sasl.jaas.config", jaas(ADMIN));
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put(
                "ssl.keystore.location",
                certificates.keyStore(Certificates.SERVER).toString());
        settings.put("ssl.keystore.password", storePassword);
        settings.put("ssl.key.password", storePassword);
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", certificates.authority().toString());
        settings.put("listener.name.controller.ssl.client.auth", "required");
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("allow.everyone.if.no.acl.found", "false");
        settings.put("super.users", "User:" + ADMIN + ";User:CN=" + Certificates.SERVER);
        broker = new LocalKafka(
                data,
                ports[0],
                ports[1],
                settings,
                List.of("--add-scram", "SCRAM-SHA-512=[name=%s,password=%s]".formatted(ADMIN, passwords.get(ADMIN))),
                properties(ADMIN));
    }

    /** Starts it with the topics, users and ACLs of the catalogues and {@code further} ones, and has it log each decision. */
    static SecuredKafka start(Path data, Certificates certificates, String storePassword, List<AclBinding> further)
            throws Exception {
        SecuredKafka kafka = new SecuredKafka(data, certificates, storePassword);
        kafka.broker.restart();
        try (Admin admin = kafka.admin()) {
            var logger = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1");
            admin.incrementalAlterConfigs(Map.of(
                            logger,
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("kafka.authorizer.logger", "DEBUG"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            var info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
            admin.alterUserScramCredentials(kafka.acls.principals().stream()
                            .map(AclCatalogue.Principal::name)
                            .map(name -> new UserScramCredentialUpsertion(name, info, kafka.passwords.get(name)))
                            .collect(Collectors.toList()))
                    .all()
                    .get();
            TopicCatalogue.load().create(kafka.client(ADMIN));
            admin.createAcls(kafka.acls.principals().stream()
                            .flatMap(principal -> principal.acls().stream())
                            .toList())
                    .all()
                    .get();
            admin.createAcls(further).all().get();
        } catch (Exception e) {
            kafka.close();
            throw e;
        }
        return kafka;
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** Every ACL of the catalogue. */
    List<AclBinding> acls() {
        return acls.principals().stream()
                .flatMap(principal -> principal.acls().stream())
                .toList();
    }

    List<String> principals() {
        return acls.principals().stream().map(AclCatalogue.Principal::name).toList();
    }

    /** What nobody may ever see. */
    Map<String, String> passwords() {
        return Map.copyOf(passwords);
    }

    Admin admin() {
        return Admin.create(client(ADMIN));
    }

    /** Settings of a client of a principal, the broker among them. */
    Map<String, Object> client(String principal) {
        Map<String, Object> client = new HashMap<>(properties(principal));
        client.put("bootstrap.servers", bootstrapServers());
        return client;
    }

    /** The same as a service takes them from its environment. */
    Map<String, String> environment(String principal) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("KAFKA_BOOTSTRAP_SERVERS", bootstrapServers());
        properties(principal)
                .forEach((name, value) -> environment.put(
                        "KAFKA_" + name.toUpperCase(java.util.Locale.ROOT).replace('.', '_'), value));
        return environment;
    }

    /** A folder as a Kubernetes secret is mounted: one file per key. */
    Path secret(String principal) throws IOException {
        Path folder = Files.createDirectories(data.resolveSibling("secrets").resolve(principal));
        Files.writeString(folder.resolve("sasl.jaas.config"), jaas(principal));
        return folder;
    }

    String jaas(String principal) {
        return JAAS.formatted(principal, passwords.get(principal));
    }

    /** What the broker has written. */
    String log() throws IOException {
        Path log = data.resolve("kafka.log");
        Path previous = ServerProcess.previousLog(log);
        return (Files.exists(previous) ? Files.readString(previous) : "") + Files.readString(log);
    }

    private Map<String, String> properties(String principal) {
        Map<String, String> properties = new TreeMap<>(transport());
        properties.put("sasl.jaas.config", jaas(principal));
        return properties;
    }

    /** What is no secret. */
    Map<String, String> transport() {
        return Map.of(
                "security.protocol", "SASL_SSL",
                "sasl.mechanism", "SCRAM-SHA-512",
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", certificates.authority().toString());
    }

    @Override
    public void close() {
        broker.close();
    }
}
