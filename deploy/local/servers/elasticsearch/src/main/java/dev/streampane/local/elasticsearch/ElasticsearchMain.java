// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.elasticsearch;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * One Elasticsearch node from the server's Maven jars: {@code ElasticsearchMain key=value …}, where each argument is a
 * node setting ({@code path.home} is required and holds {@code modules/transport-netty4}). Runs until SIGTERM, then
 * closes the node.
 */
public final class ElasticsearchMain {

    private ElasticsearchMain() {}

    public static void main(String[] args) throws Exception {
        Settings.Builder settings = Settings.builder()
                .put("node.processors", Math.min(2, Runtime.getRuntime().availableProcessors()));
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not a setting: '" + arg + "', allowed is key=value");
            }
            settings.put(arg.substring(0, equals), arg.substring(equals + 1));
        }
        LogConfigurator.configureWithoutConfig(settings.build());
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
                settings.build(), Map.of(), Path.of(settings.get("path.home"), "config"), () -> "local");
        PluginsLoader plugins = PluginsLoader.createPluginsLoader(
                PluginsLoader.loadModulesBundles(environment.modulesDir()), Set.of(), Map.of());
        Node node = new Node(environment, plugins);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                node.close();
                            } catch (java.io.IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            } finally {
                                stopped.countDown();
                            }
                        },
                        "close-node"));
        node.start();
        stopped.await();
    }
}
