// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokersTest {

    @ParameterizedTest
    @CsvSource({
        "request.timeout.ms, 30000",
        "request.timeout.ms, 500",
        "default.api.timeout.ms, 4000",
        "default.api.timeout.ms, 60000"
    })
    void shouldTakeTimesThatAreGiven(String name, String value) {
        // Given
        var kafka = new Properties();
        kafka.putAll(Map.of("bootstrap.servers", "127.0.0.1:1", name, value));
        // When, Then
        assertThatCode(() -> Brokers.connect(kafka).close()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "ssl.truststore.location, /nowhere, NoSuchFileException: /nowhere",
        "ssl.truststore.certificates, no PEM, InvalidConfigurationException: SSL trust store certs",
        "sasl.jaas.config, no JAAS, IllegalArgumentException: Invalid login module",
        "sasl.mechanism, NONE, IllegalArgumentException: Could not find a 'KafkaClient' entry",
        "sasl.jaas.config, NoSuchModule required serviceName=kafka;, LoginException: No LoginModule found for NoSuchModule"
    })
    void shouldNotTryAgainWhereTheClientCannotBeMadeOfItsProperties(String name, String value, String why) {
        Map<String, String> wrong =
                Map.of("security.protocol", name.startsWith("ssl") ? "SSL" : "SASL_SSL", name, value);

        assertRefused(wrong, why, false);
    }

    @Test
    void shouldNotTryAgainWithAWrongPassword(@TempDir Path directory) throws Exception {
        // Given
        Path store = directory.resolve("truststore.p12");
        KeyStore empty = KeyStore.getInstance("PKCS12");
        empty.load(null, null);
        try (var file = Files.newOutputStream(store)) {
            empty.store(file, "right".toCharArray());
        }
        // When, Then
        assertRefused(
                Map.of(
                        "security.protocol", "SSL",
                        "ssl.truststore.type", "PKCS12",
                        "ssl.truststore.location", store.toString(),
                        "ssl.truststore.password", "wrong"),
                "UnrecoverableKeyException: ",
                false);
    }

    @Test
    void shouldTryAgainWhereANameIsNotKnownYet() {
        assertRefused(
                Map.of("bootstrap.servers", "no-such-broker.invalid:9092"),
                "ConfigException: No resolvable bootstrap urls",
                true);
    }

    @Test
    void shouldTryAgainWhereTheServerOfTokensIsAway() {
        assertRefused(
                Map.of(
                        "security.protocol", "SASL_PLAINTEXT",
                        "sasl.mechanism", "OAUTHBEARER",
                        "sasl.login.callback.handler.class", TokensAway.class.getName(),
                        "sasl.jaas.config",
                                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;"),
                "LoginException: An internal error occurred while retrieving token",
                true);
    }

    /** Asks a server that is away. */
    public static final class TokensAway implements AuthenticateCallbackHandler {

        @Override
        public void configure(Map<String, ?> properties, String mechanism, List<AppConfigurationEntry> entries) {}

        @Override
        public void handle(Callback[] callbacks) throws IOException {
            throw new ConnectException("Connection refused");
        }

        @Override
        public void close() {}
    }

    private static void assertRefused(Map<String, String> properties, String why, boolean retriable) {
        var kafka = new Properties();
        kafka.setProperty("bootstrap.servers", "127.0.0.1:9092");
        kafka.putAll(properties);

        assertThatThrownBy(() -> Brokers.connect(kafka).close())
                .hasMessageContaining("cannot be used (" + why)
                .asInstanceOf(type(BadOptionException.class))
                .returns(retriable, BadOptionException::isRetriable);
    }
}
