// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.security.Access;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamRequestTest {

    @ParameterizedTest
    @CsvSource({"'',b,b", ",b,b", "a,b,a", "'','',", ",,"})
    void shouldResumeBehindTheHeaderUnlessItIsEmpty(String header, String parameter, String expected) {
        // Given
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        if (header != null) {
            headers.add("Last-Event-ID", header);
        }
        String query = parameter == null ? "" : "lastEventId=" + parameter;
        // When
        StreamRequest asked = StreamRequest.of(request(query, headers), Access.unrestricted("10.0.0.1"));
        // Then
        assertThat(asked.lastEventId().orElse(null)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"'',true,false", "emit=final,true,false", "emit=early,false,true", "emit=all,true,true"})
    void shouldTakeTheseWordsOfWhatIsToBeSent(String query, boolean finals, boolean previews) {
        // When
        StreamRequest asked =
                StreamRequest.of(request(query, MultiMap.caseInsensitiveMultiMap()), Access.unrestricted("10.0.0.1"));
        // Then
        assertThat(asked.finals()).isEqualTo(finals);
        assertThat(asked.previews()).isEqualTo(previews);
    }

    private static HttpServerRequest request(String query, MultiMap headers) {
        Map<String, Object> answers = Map.of("query", query, "headers", headers);
        return (HttpServerRequest) Proxy.newProxyInstance(
                StreamRequestTest.class.getClassLoader(),
                new Class<?>[] {HttpServerRequest.class},
                (proxy, method, arguments) -> method.getName().equals("getHeader")
                        ? headers.get(arguments[0].toString())
                        : answers.get(method.getName()));
    }
}
