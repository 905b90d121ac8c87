// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.MalformationContract;
import java.io.IOException;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MalformationTest extends MalformationContract {

    @ParameterizedTest
    @EnumSource(TransactionFormat.class)
    void shouldSpoilInTheWayThatItIsNamedAfter(TransactionFormat format) throws IOException {
        byte[] whole = new TransactionWriter(format, ZoneOffset.UTC)
                .write(new Transaction(
                        "3", 1_795_154_400_000L, 12_000, "Bakery", new Transaction.Place(5_250_000, 1_340_000)));

        assertSpoiledAsNamed(whole, TransactionGenerator.TARGET, "client", "amount");
    }
}
