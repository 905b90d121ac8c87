// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.ElasticsearchAccess;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.stack.Failures;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streampane prepare}: creates the topics and index templates that everything else expects. */
@Command(
        name = "prepare",
        description = {"Creates missing topics, and installs the index templates.", """
            Topics are those of deploy/topics.yml, with the brokers'
            default.replication.factor, templates those of deploy/elasticsearch.
            A second run leaves existing topics unchanged and overwrites changes of the
            templates: deploy/elasticsearch/README.md says where own changes belong.
            For external clusters; 'up' does it by itself."""},
        footer = """

                Example:
                  streampane prepare --bootstrap-servers kafka:9092 \\
                      --elasticsearch http://es:9200""")
final class PrepareCommand extends Subcommand {

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Brokers that get the topics, comma-separated.")
    private String bootstrapServers;

    @Mixin
    private KafkaConfigOption kafka;

    @Mixin
    private ElasticsearchOption elasticsearch;

    @Override
    public Integer call() {
        if (bootstrapServers == null && elasticsearch.url().isEmpty()) {
            throw wrongUse("--bootstrap-servers or --elasticsearch is missing");
        }
        ElasticsearchAccess access = elasticsearch.access();
        PrintWriter out = out();
        if (bootstrapServers != null) {
            TopicCatalogue catalogue = TopicCatalogue.load();
            catalogue.create(kafka.client(bootstrapServers));
            out.printf(
                    "topics: the %d of the catalogue are there%n",
                    catalogue.topics().size());
        }
        elasticsearch.url().ifPresent(url -> {
            Failures.putTemplates(() -> IndexTemplates.install(url, access));
            out.println("index templates: put");
        });
        return 0;
    }
}
