// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import dev.streampane.results.audit.OpenTransactions;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Names the transactions that hold back every reader of results. That is no fault of this service: it stays ready. */
@Readiness
@ApplicationScoped
public class OpenTransactionsCheck implements HealthCheck {

    private final OpenTransactions transactions;

    OpenTransactionsCheck(OpenTransactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("open-transactions")
                .up()
                .withData(
                        "holders",
                        transactions.holders().stream()
                                .map(OpenTransactions.Holder::toString)
                                .collect(Collectors.joining(", ")))
                .build();
    }
}
