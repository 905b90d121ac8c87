// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import io.quarkus.elasticsearch.restclient.lowlevel.ElasticsearchClientConfig;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import javax.net.ssl.SSLContext;
import org.apache.http.impl.nio.client.HttpAsyncClientBuilder;
import org.elasticsearch.client.RestClientBuilder;

/**
 * Has the client of Elasticsearch believe the certificates of {@code quarkus.tls.elasticsearch.*}, for which the framework's extension
 * has no setting; without them those of the JVM. Read once, at the start.
 */
@ElasticsearchClientConfig
public class ElasticsearchTrust implements RestClientBuilder.HttpClientConfigCallback {

    /** The name under which the registry has it. */
    static final String NAME = "elasticsearch";

    private final TlsConfigurationRegistry registry;

    ElasticsearchTrust(TlsConfigurationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public HttpAsyncClientBuilder customizeHttpClient(HttpAsyncClientBuilder client) {
        return registry.get(NAME)
                .map(ElasticsearchTrust::context)
                .map(client::setSSLContext)
                .orElse(client);
    }

    private static SSLContext context(TlsConfiguration tls) {
        try {
            return tls.createSSLContext();
        } catch (Exception e) {
            throw new IllegalStateException("quarkus.tls." + NAME + ".*: is not usable: " + e.getMessage(), e);
        }
    }
}
