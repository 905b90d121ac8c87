// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.stack.StackSettings;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

class AclCatalogueTest {

    private static final AclCatalogue CATALOGUE =
            AclCatalogue.load(Checkout.root().resolve("deploy/acls.yml"));

    @Test
    void shouldNameEachServiceAndJobOnce() {
        assertThat(CATALOGUE.principals())
                .extracting(AclCatalogue.Principal::name)
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of("iot-simulator", "transaction-simulator", "results-api", "telegraf"),
                                StackSettings.JOBS.stream())
                        .toList());
    }

    @Test
    void shouldNameTopicsOfTheCatalogueAlone() {
        Set<String> topics = TopicCatalogue.load().topics().stream()
                .map(TopicCatalogue.Topic::name)
                .collect(Collectors.toSet());

        assertThat(acls())
                .filteredOn(acl -> acl.pattern().resourceType() == ResourceType.TOPIC)
                .allSatisfy(acl -> {
                    assertThat(topics).contains(acl.pattern().name());
                    assertThat(acl.pattern().patternType()).isEqualTo(PatternType.LITERAL);
                });
    }

    /** So that what one of them allows no other does. */
    @Test
    void shouldHoldNoAclTwice() {
        assertThat(acls()).doesNotHaveDuplicates();
    }

    @Test
    void shouldLetEachJobEndItsOwnTransactionsAlone() {
        assertThat(acls())
                .filteredOn(acl -> acl.pattern().resourceType() == ResourceType.TRANSACTIONAL_ID)
                .filteredOn(acl -> acl.entry().operation() == AclOperation.WRITE)
                .isNotEmpty()
                .allSatisfy(acl -> assertThat("User:" + acl.pattern().name())
                        .isEqualTo(acl.entry().principal() + "-"));
    }

    @Test
    void shouldLetResultsApiWriteNothing() {
        assertThat(acls())
                .filteredOn(acl -> acl.entry().principal().equals("User:results-api"))
                .isNotEmpty()
                .extracting(acl -> acl.entry().operation())
                .containsOnly(AclOperation.READ, AclOperation.DESCRIBE);
    }

    @Test
    void shouldLetSimulatorsWriteTheirOwnTopicsAlone() {
        assertThat(topics("iot-simulator", AclOperation.WRITE))
                .containsExactlyInAnyOrder("device-readings", "time-series");
        assertThat(topics("transaction-simulator", AclOperation.WRITE)).containsExactly("transactions");
        assertThat(topics("iot-simulator", AclOperation.READ)).isEmpty();
        assertThat(topics("transaction-simulator", AclOperation.READ)).isEmpty();
    }

    @Test
    void shouldLetAJobNeitherWriteAnInputNorReadWhatIsNotItsOwn() {
        assertThat(topics("weather-average", AclOperation.WRITE))
                .contains("window-results")
                .doesNotContain("device-readings", "transactions", "alerts");
        assertThat(topics("weather-average", AclOperation.READ))
                .contains("device-readings")
                .doesNotContain("transactions", "window-results");
    }

    private static List<String> topics(String user, AclOperation operation) {
        return acls().stream()
                .filter(acl -> acl.entry().principal().equals("User:" + user))
                .filter(acl -> acl.pattern().resourceType() == ResourceType.TOPIC)
                .filter(acl -> acl.entry().operation() == operation)
                .map(acl -> acl.pattern().name())
                .toList();
    }

    private static List<AclBinding> acls() {
        return CATALOGUE.principals().stream()
                .flatMap(one -> one.acls().stream())
                .toList();
    }
}
