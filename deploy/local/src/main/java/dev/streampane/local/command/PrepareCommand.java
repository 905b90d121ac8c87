// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.Checkout;
import dev.streampane.local.ElasticsearchAccess;
import dev.streampane.local.Http;
import dev.streampane.local.IndexTemplates;
import dev.streampane.local.TopicCatalogue;
import dev.streampane.local.stack.StackException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code streampane prepare}: the topics and index templates that everything else expects. */
@Command(
        name = "prepare",
        description = {
            "Creates the topics of deploy/topics.yml that the brokers do not have, with as many",
            "copies as their default.replication.factor says, and puts the index templates of",
            "deploy/elasticsearch. A second time changes nothing.",
            "For clusters of others; 'up' does it by itself."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer =
                "  streampane prepare --bootstrap-servers kafka:9092 --elasticsearch http://es:9200")
final class PrepareCommand implements Callable<Integer> {

    private static final String CA_FILE = "--elasticsearch-ca-file";
    private static final String API_KEY_FILE = "--elasticsearch-api-key-file";

    @Spec private CommandSpec spec;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Brokers that get the topics, with commas.")
    private String bootstrapServers;

    @Mixin private KafkaConfigOption kafka;

    @Option(
            names = "--elasticsearch",
            paramLabel = "URL",
            description = "Elasticsearch that gets the templates.")
    private URI elasticsearch;

    @Option(
            names = CA_FILE,
            paramLabel = "FILE",
            description = {
                "Certificates in PEM that alone are believed for https",
                "(default: those of the JVM)."
            })
    private Path caFile;

    @Option(
            names = API_KEY_FILE,
            paramLabel = "FILE",
            description = "API key for Elasticsearch; https only.")
    private Path apiKeyFile;

    @Override
    public Integer call() {
        if (bootstrapServers == null && elasticsearch == null) {
            throw new ParameterException(
                    spec.commandLine(), "--bootstrap-servers or --elasticsearch is missing");
        }
        ElasticsearchAccess access = access();
        PrintWriter out = spec.commandLine().getOut();
        if (bootstrapServers != null) {
            TopicCatalogue catalogue =
                    TopicCatalogue.load(Checkout.root().resolve("deploy/topics.yml"));
            catalogue.create(kafka.client(bootstrapServers));
            out.printf("topics: the %d of the catalogue are there%n", catalogue.topics().size());
        }
        if (elasticsearch != null) {
            install(access);
            out.println("index templates: put");
        }
        return 0;
    }

    private ElasticsearchAccess access() {
        if (apiKeyFile != null
                && elasticsearch != null
                && !"https".equals(elasticsearch.getScheme())) {
            throw wrong("--elasticsearch", elasticsearch, "https with " + API_KEY_FILE);
        }
        ElasticsearchAccess access = ElasticsearchAccess.OPEN;
        try {
            access = caFile == null ? access : access.believing(caFile);
        } catch (IOException | GeneralSecurityException e) {
            throw wrong(CA_FILE, caFile, "a file with certificates in PEM");
        }
        try {
            return apiKeyFile == null ? access : access.with(apiKeyFile);
        } catch (IOException e) {
            throw wrong(
                    API_KEY_FILE,
                    apiKeyFile,
                    "a file with one line, the API key as Elasticsearch gives it under 'encoded'");
        }
    }

    private ParameterException wrong(String option, Object value, String allowed) {
        return JobOptions.wrong(spec.commandLine(), option, value, allowed);
    }

    private void install(ElasticsearchAccess access) {
        try {
            IndexTemplates.install(elasticsearch, access);
        } catch (UncheckedIOException e) {
            throw new StackException(
                    e.getCause() instanceof Http.StatusException
                            ? StackException.START_FAILED
                            : StackException.NOT_RUNNING,
                    "Elasticsearch does not take the index templates: " + e.getCause().getMessage(),
                    e);
        }
    }
}
