// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

/** The schema of a contract. */
public final class Contract {

    private final Schema schema;

    private Contract(Schema schema) {
        this.schema = schema;
    }

    /** The schema of version 1 of a contract. */
    public static Contract of(String contract) {
        return new Contract(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Fixtures.text(Fixtures.contract(contract).resolve("schema.json"))));
    }

    /** Fails unless {@code json} is valid. */
    public void assertValid(String json) {
        assertThat(schema.validate(json, InputFormat.JSON)).as(json).isEmpty();
    }
}
