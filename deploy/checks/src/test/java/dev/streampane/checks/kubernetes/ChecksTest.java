// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every check finds nothing in any overlay; {@link MutationsTest} shows that each would find something. */
class ChecksTest {

    static List<Arguments> checks() {
        return Manifests.OVERLAYS.stream()
                .flatMap(overlay -> Check.stream().map(check -> Arguments.of(overlay, check)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("checks")
    void shouldHoldToTheCode(String overlay, Check check) {
        assertThat(check.problems(Manifests.of(overlay))).isEmpty();
    }
}
