// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import io.quarkus.elasticsearch.restclient.lowlevel.ElasticsearchClientConfig;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import javax.net.ssl.SSLContext;
import org.apache.http.impl.nio.client.HttpAsyncClientBuilder;
import org.elasticsearch.client.RestClientBuilder;

/**
 * Makes the Elasticsearch client trust the certificates of {@code quarkus.tls.elasticsearch.*}, for which the Quarkus extension has no
 * setting; without them it trusts those of the JVM. Read once, at startup.
 */
@ElasticsearchClientConfig
public class ElasticsearchTrust implements RestClientBuilder.HttpClientConfigCallback {

    /** The name of the configuration in the TLS registry. */
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
