//! Sites, invitations and certificates.

use super::{Sqlite, fault::Fault, overview, rows};
use crate::{
    error::Error,
    ports::{Invitation, Registry},
};
use access_control::{Manage, Overview, Permit};
use async_trait::async_trait;
use imaging_domain::{SiteId, SiteSummary};
use rusqlite::{Connection, OptionalExtension, params};

#[async_trait]
impl Registry for Sqlite {
    async fn invite(&self, _permit: &Permit<Manage>, invitation: Invitation) -> Result<(), Error> {
        let write = self.connections.write("keep an invitation", move |t| {
            if is_held(t, &invitation.site)? {
                return Err(Error::Invalid("the hub holds this site's images itself").into());
            }
            let site = rows::site_or_new(t, &invitation.site)?;
            let name = "UPDATE site SET name = ?2 WHERE id = ?1 AND ?2 <> ''";
            t.prepare_cached(name)?.execute(params![site, invitation.name])?;
            let put = "INSERT OR REPLACE INTO invitation (site, secret_digest, expires_ms) VALUES (?1, ?2, ?3)";
            t.prepare_cached(put)?.execute(params![site, invitation.secret_digest, invitation.expires_ms])?;
            Ok(())
        });
        write.await
    }

    async fn redeem(&self, _permit: &Permit<Manage>, secret_digest: &[u8; 32], now_ms: i64) -> Result<SiteId, Error> {
        let digest = *secret_digest;
        let write = self.connections.write("redeem an invitation", move |t| {
            let take = "DELETE FROM invitation WHERE secret_digest = ?1 AND expires_ms >= ?2 RETURNING site";
            let site = t.prepare_cached(take)?.query_row(params![digest, now_ms], |row| row.get::<_, i64>(0));
            let site = site.optional()?.ok_or(Error::NotFound("invitation"))?;
            let mut select = t.prepare_cached("SELECT site FROM site WHERE id = ?1")?;
            let name: String = select.query_row([site], |row| row.get(0))?;
            Ok(SiteId::parse(&name)?)
        });
        write.await
    }

    async fn certify(
        &self,
        _permit: &Permit<Manage>,
        site: &SiteId,
        fingerprint: &[u8; 32],
        expires_ms: i64,
    ) -> Result<(), Error> {
        let (site, fingerprint) = (site.clone(), *fingerprint);
        let write = self.connections.write("note a certificate", move |t| {
            let site = rows::site(t, &site)?.ok_or(Error::NotFound("site"))?;
            // What was revoked stays revoked, also when it is noted again.
            let put = "INSERT INTO certificate (fingerprint, site, expires_ms) VALUES (?1, ?2, ?3)
                       ON CONFLICT DO UPDATE SET expires_ms = excluded.expires_ms WHERE site = excluded.site";
            match t.prepare_cached(put)?.execute(params![fingerprint, site, expires_ms])? {
                0 => Err(Error::Invalid("the certificate belongs to another site").into()),
                _ => Ok(()),
            }
        });
        write.await
    }

    async fn is_valid(&self, site: &SiteId, fingerprint: &[u8; 32]) -> Result<bool, Error> {
        let (site, fingerprint) = (site.clone(), *fingerprint);
        let read = self.connections.read("look a certificate up", move |c| {
            let select = "SELECT 1 FROM certificate c JOIN site t ON t.id = c.site
                          WHERE c.fingerprint = ?1 AND t.site = ?2 AND c.revoked = 0";
            Ok(c.prepare_cached(select)?.exists(params![fingerprint, site.as_str()])?)
        });
        read.await
    }

    async fn revoke(&self, _permit: &Permit<Manage>, site: &SiteId) -> Result<(), Error> {
        let site = site.clone();
        let write = self.connections.write("revoke a site", move |t| {
            let site = rows::site(t, &site)?.ok_or(Error::NotFound("site"))?;
            t.prepare_cached("UPDATE certificate SET revoked = 1 WHERE site = ?1")?.execute([site])?;
            Ok(())
        });
        write.await
    }

    async fn hold(&self, _permit: &Permit<Manage>, site: &SiteId, name: &str) -> Result<(), Error> {
        let (site, name) = (site.clone(), name.to_owned());
        let write = self.connections.write("make a site", move |t| {
            let id = rows::site_or_new(t, &site)?;
            let adapter = "SELECT 1 FROM site t WHERE t.id = ?1 AND t.held_by_hub = 0 AND (t.applied > 0
                OR EXISTS (SELECT 1 FROM invitation i WHERE i.site = t.id)
                OR EXISTS (SELECT 1 FROM certificate c WHERE c.site = t.id))";
            if t.prepare_cached(adapter)?.exists([id])? {
                return Err(Error::Invalid("the site was invited and has an adapter").into());
            }
            let put = "UPDATE site SET held_by_hub = 1, name = CASE ?2 WHEN '' THEN name ELSE ?2 END WHERE id = ?1";
            t.prepare_cached(put)?.execute(params![id, name])?;
            Ok(())
        });
        write.await
    }

    async fn is_held(&self, site: &SiteId) -> Result<bool, Error> {
        let site = site.clone();
        self.connections.read("look a site up", move |c| is_held(c, &site)).await
    }

    async fn sites(&self, _permit: &Permit<Overview>) -> Result<Vec<SiteSummary>, Error> {
        self.connections.read("list sites", overview::sites).await
    }
}

fn is_held(connection: &Connection, site: &SiteId) -> Result<bool, Fault> {
    let select = "SELECT 1 FROM site WHERE site = ?1 AND held_by_hub = 1";
    Ok(connection.prepare_cached(select)?.exists([site.as_str()])?)
}
