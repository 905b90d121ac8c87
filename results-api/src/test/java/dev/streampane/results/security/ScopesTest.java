// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.problem.ProblemException;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScopesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "read:a a k true", "read:a b k false", "read:a ab k false", "read:* b k true",
                "read:a/x* a x1 true", "read:a/x* a y1 false", "read:a/x* b x1 false", "read:*/x* b x1 true",
                "read:a/* a k true", "read:a/%2A* a *k true", "read:a%2Fb a/b k true", "read:a/%C3%A4* a äx true",
                "admin a k true"
            })
    void shouldReadWhatIsGrantedAndNothingElse(String word, String job, String key, boolean may) {
        assertThat(access(word).mayRead(job, key)).isEqualTo(may);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "Admin", "read", "read:", "read:a/",
                "read:a/x", "read:a/x**", "read:a*", "read:**", "read:a b",
                "read:a/%2*", "write:a", "metrics", "read:a/x*,admin", "read:a\n"
            })
    void shouldRefuseWordsThatAreNoScopesAndNameThem(String word) {
        assertThatThrownBy(() -> Scopes.parse(List.of(word)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + word + "'")
                .hasMessageContaining("read:<job>/<key prefix>*");
        assertThat(Scopes.among(List.of(word)).grants()).isEmpty();
        assertThat(Scopes.among(List.of(word)).admin()).isFalse();
    }

    @Test
    void shouldSayHowReadableKeysBegin() {
        assertThat(access("read:a/x*", "read:a/y*").keyPrefixes("a")).contains(List.of("x", "y"));
        assertThat(access("read:a/x*", "read:a").keyPrefixes("a")).isEmpty();
        assertThat(access("read:a/x*", "read:*").keyPrefixes("a")).isEmpty();
        assertThat(access("read:a").keyPrefixes("b")).contains(List.of());
        assertThat(access("admin").keyPrefixes("b")).isEmpty();
    }

    @Test
    void shouldNameTheScopeThatIsMissing() {
        Access access = access("read:a/x*");
        assertMissing("read:b%2Fc", () -> access.checkJob("b/c"));
        assertMissing("read:a", () -> access.checkWholeJob("a"));
        assertMissing("read:a", () -> access.checkKey("a", "y"));
        assertMissing("admin", access::checkAdmin);
        access.checkJob("a");
        access.checkKey("a", "x1");
    }

    private static void assertMissing(String scope, ThrowingCallable check) {
        assertThatThrownBy(check).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().status()).isEqualTo(403);
            assertThat(e.problem().type().code()).isEqualTo("forbidden");
            assertThat(e.problem().detail()).startsWith("the scope " + scope);
        });
    }

    private static Access access(String... words) {
        return new Access("someone", "127.0.0.1", Scopes.parse(List.of(words)), Optional.empty());
    }
}
