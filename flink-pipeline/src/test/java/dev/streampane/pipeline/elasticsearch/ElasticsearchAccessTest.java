// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.pipeline.job.BadOptionException;
import dev.streampane.pipeline.job.JobConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElasticsearchAccessTest {

    @TempDir
    private Path folder;

    @Test
    void shouldComeAsNobodyAndBelieveWhatTheJvmBelievesByDefault() throws Exception {
        ElasticsearchAccess access = access();

        assertThat(access.authorization()).isEmpty();
        assertThat(access.caFile()).isEmpty();
        assertThat(access.trust()).isSameAs(SSLContext.getDefault());
    }

    @Test
    void shouldReadTheKeyAgainForEachRequest() throws IOException {
        Path key = Files.writeString(folder.resolve("key"), "first==\n");
        ElasticsearchAccess access =
                access("--elasticsearch-url=https://elasticsearch:9200", "--elasticsearch-api-key-file=" + key);
        assertThat(access.authorization()).isEqualTo("ApiKey first==");

        Files.writeString(key, "second");

        assertThat(access.authorization()).isEqualTo("ApiKey second");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "geheim\nheimlich", "geheim heimlich", "geheim\u00e4"})
    void shouldNotShowWhatIsNoKey(String text) throws IOException {
        Path key = Files.writeString(folder.resolve("key"), text);

        assertThatThrownBy(() ->
                        access("--elasticsearch-url=https://elasticsearch:9200", "--elasticsearch-api-key-file=" + key))
                .isInstanceOf(BadOptionException.class)
                .hasMessageStartingWith("--elasticsearch-api-key-file: '" + key)
                .hasMessageNotContaining("geheim");
    }

    @Test
    void shouldRefuseFilesThatAreNotThere() {
        assertThatThrownBy(() -> access(
                        "--elasticsearch-url=https://elasticsearch:9200", "--elasticsearch-api-key-file=/nowhere/key"))
                .hasMessageStartingWith("--elasticsearch-api-key-file: '/nowhere/key'");
        assertThatThrownBy(() -> access("--elasticsearch-ca-file=/nowhere/ca"))
                .hasMessageStartingWith("--elasticsearch-ca-file: '/nowhere/ca'");
        assertThatThrownBy(() -> access("--elasticsearch-ca-file=ca.crt"))
                .hasMessageStartingWith("--elasticsearch-ca-file: 'ca.crt' is not allowed;");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"})
    void shouldRefuseAnAuthorityThatIsNone(String text) throws IOException {
        Path authority = Files.writeString(folder.resolve("ca.crt"), text);

        assertThatThrownBy(() -> access("--elasticsearch-ca-file=" + authority))
                .isInstanceOf(BadOptionException.class)
                .hasMessageStartingWith("--elasticsearch-ca-file: '" + authority);
    }

    @Test
    void shouldSendNoKeyThatOthersCanRead() throws IOException {
        Path key = Files.writeString(folder.resolve("key"), "key");

        assertThatThrownBy(() -> access("--elasticsearch-api-key-file=" + key))
                .hasMessage(
                        "--elasticsearch-url: 'http://127.0.0.1:9200' is not allowed; allowed is https with --elasticsearch-api-key-file");
    }

    @ParameterizedTest
    @CsvSource({"401, true", "403, true", "404, false", "429, false", "503, false"})
    void shouldNameTheKeyWhereItIsAtFault(int status, boolean named) {
        assertThat(ElasticsearchAccess.optionAtFault(status)).isEqualTo(named ? " (--elasticsearch-api-key-file)" : "");
    }

    @Test
    void shouldNameTheOptionForAServerThatIsNotBelieved() {
        assertThat(ElasticsearchAccess.optionAtFault(new SSLPeerUnverifiedException("host")))
                .isEqualTo(" (--elasticsearch-url)");
        assertThat(ElasticsearchAccess.optionAtFault(new IOException(new SSLHandshakeException("path"))))
                .isEqualTo(" (--elasticsearch-ca-file, --elasticsearch-url)");
        assertThat(ElasticsearchAccess.optionAtFault(new IOException("refused")))
                .isEmpty();
    }

    private static ElasticsearchAccess access(String... options) {
        return ElasticsearchAccess.of(JobConfig.of("index-results", options));
    }
}
