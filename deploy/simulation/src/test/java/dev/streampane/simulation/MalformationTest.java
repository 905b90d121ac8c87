// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How records are spoilt is held by the tests of the simulators, which know what there is to spoil. */
class MalformationTest {

    @Test
    void shouldBeFoundByItsReasonHoweverItIsWritten() {
        assertThat(Malformation.of("not_utf8")).contains(Malformation.NOT_UTF8);
        assertThat(Malformation.of("NOT-UTF8")).contains(Malformation.NOT_UTF8);
        assertThat(Malformation.of("nonsense")).isEmpty();
    }

    @Test
    void shouldNameAKindThatNobodyKnows() {
        assertThat(Malformation.UNKNOWN_TYPE.headers()).containsEntry("kind", "mystery");
        assertThat(Malformation.NULL.headers()).isEmpty();
    }
}
