// SPDX-License-Identifier: EUPL-1.2
//! The server: one thread of its own, so that no page keeps a call waiting.

use crate::accounts::{Account, Accounts, AccountsError};
use crate::hub::Hub;
use crate::lang::Lang;
use crate::limits::{
    BOARDS_MAX, CHECKS_AT_ONCE, CONNECTIONS_MAX, CONNECTIONS_OF_ONE, HANDSHAKE_WITHIN,
};
use crate::openid::{OpenId, Voucher};
use crate::origin::Address;
use crate::problem::Problem;
use crate::routes::router;
use crate::sessions::{Proof, Sessions, SignedIn, TOKEN_BYTES};
use crate::throttle::{Throttle, Who};
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;
use stdx::Redacted;
use telephony::tls::Identity;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long nobody is let in after the system gave no file.
const NO_FILES: Duration = Duration::from_millis(100);

/// Connections that have proved who they are and are not served yet.
const PROVED_MAX: usize = 64;

/// The account of a practice, and its password, which is no secret.
pub struct Demo {
    /// The account.
    pub account: Account,
    /// Its password.
    pub password: Redacted<String>,
}

/// What the pages are made of.
pub struct Parts {
    /// What they share with the rest of the program.
    pub hub: Arc<Hub>,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where browsers reach us, as they write it; none on this very machine.
    pub address: Option<String>,
    /// Who we are by TLS; none if a proxy says so, or nobody but this machine comes.
    pub identity: Option<Identity>,
    /// Reads the accounts anew.
    pub accounts: Box<dyn Fn() -> Result<Accounts, AccountsError> + Send + Sync>,
    /// The account of a practice.
    pub demo: Option<Demo>,
    /// Somebody who vouches for people, beside the accounts.
    pub openid: Option<Voucher>,
    /// Fresh random bytes.
    pub random: Box<dyn Fn() -> [u8; TOKEN_BYTES] + Send + Sync>,
}

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub struct Started {
    /// Where it listens.
    pub at: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// What every request sees.
pub(crate) struct App {
    pub(crate) hub: Arc<Hub>,
    pub(crate) address: Address,
    pub(crate) demo: Option<Demo>,
    pub(crate) openid: Option<OpenId>,
    /// Places for wallboards.
    pub(crate) boards: Arc<Semaphore>,
    sessions: Mutex<Sessions>,
    throttle: Mutex<Throttle>,
    checks: Semaphore,
    accounts: Arc<dyn Fn() -> Result<Accounts, AccountsError> + Send + Sync>,
    random: Box<dyn Fn() -> [u8; TOKEN_BYTES] + Send + Sync>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
    /// Who has this token.
    pub(crate) fn signed_in(&self, token: &Redacted<[u8; TOKEN_BYTES]>) -> Option<SignedIn> {
        locked(&self.sessions).of(self.hub.now(), token)
    }

    /// A session of this account begins.
    pub(crate) fn begin_session(&self, of: (Account, Proof)) -> Redacted<[u8; TOKEN_BYTES]> {
        let token = Redacted::new((self.random)());
        locked(&self.sessions).begin(self.hub.now(), &token, of);
        token
    }

    /// Whoever has this token signs out; by what they had signed in.
    pub(crate) fn end_session(&self, token: &Redacted<[u8; TOKEN_BYTES]>) -> Option<Proof> {
        locked(&self.sessions).end(token)
    }

    /// Fresh random bytes.
    pub(crate) fn fresh(&self) -> [u8; TOKEN_BYTES] {
        (self.random)()
    }

    /// Whose name and password these are, and what proved it.
    pub(crate) async fn check(
        &self,
        lang: Lang,
        from: IpAddr,
        name: &str,
        password: Redacted<String>,
    ) -> Result<(Account, Proof), Problem> {
        let who = [Who::Name(name.chars().take(64).collect()), Who::from(from)];
        let begun = locked(&self.throttle).begin(self.hub.now(), &who);
        begun.map_err(|wait| Problem::too_many_attempts(lang, wait.as_secs() + 1))?;
        let found = match &self.demo {
            Some(demo) if demo.account.name == name => {
                let is_right = demo.password.expose() == password.expose();
                Ok(is_right.then(|| (demo.account.clone(), Proof::Practice)))
            }
            Some(_) | None => self.look_up(lang, name.to_owned(), password).await,
        };
        // What was no wrong password is nobody's failure.
        if !matches!(found, Ok(None)) {
            locked(&self.throttle).give_back(&who);
        }
        found?.ok_or_else(|| Problem::wrong_credentials(lang))
    }

    /// Reads the accounts anew, so that what was changed holds, and ends the sessions of those who are not as they
    /// were. Passwords are checked beside the runtime, a few at a time.
    async fn look_up(
        &self,
        lang: Lang,
        name: String,
        password: Redacted<String>,
    ) -> Result<Option<(Account, Proof)>, Problem> {
        let _turn = self.checks.acquire().await.map_err(|_| Problem::too_busy(lang))?;
        let accounts = Arc::clone(&self.accounts);
        let checked = tokio::task::spawn_blocking(move || {
            let accounts = accounts().ok()?;
            let account = accounts.verify(&name, &password);
            Some((accounts, account))
        });
        let checked = checked.await.ok().flatten();
        let (accounts, account) = checked.ok_or_else(|| Problem::no_accounts(lang))?;
        locked(&self.sessions).keep(|it, proof| match proof {
            Proof::Practice | Proof::Voucher(_) => true,
            Proof::Password(hash) => {
                accounts.named(&it.name) == Some(it)
                    && accounts.proof(&it.name) == Some(hash.as_str())
            }
        });
        Ok(account.and_then(|it| {
            let proof = accounts.proof(&it.name)?.to_owned();
            Some((it, Proof::Password(proof)))
        }))
    }
}

/// Starts the server.
///
/// # Errors
/// If the address cannot be listened on, or the system gives no thread.
pub fn serve(parts: Parts) -> io::Result<Started> {
    let listener = TcpListener::bind(parts.listen)?;
    listener.set_nonblocking(true)?;
    let at = listener.local_addr()?;
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let address = parts.address.map_or(Address::Loopback, Address::Named);
    let base = match &address {
        Address::Named(origin) => origin.clone(),
        Address::Loopback => format!("http://{at}"),
    };
    let openid = parts.openid.map(|it| OpenId::new(it, base, (parts.random)()));
    let app = Arc::new(App {
        hub: parts.hub,
        address,
        demo: parts.demo,
        openid,
        boards: Arc::new(Semaphore::new(BOARDS_MAX)),
        sessions: Mutex::default(),
        throttle: Mutex::default(),
        checks: Semaphore::new(CHECKS_AT_ONCE),
        accounts: Arc::from(parts.accounts),
        random: parts.random,
    });
    let acceptor = parts.identity.map(|it| TlsAcceptor::from(it.server_config()));
    let (stop, stopped) = oneshot::channel();
    let thread = thread::Builder::new().name("web".to_owned()).spawn(move || {
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("within a runtime");
            let (sender, proved) = mpsc::channel(PROVED_MAX);
            tokio::spawn(let_in(listener, acceptor, sender));
            let looking = Arc::clone(&app);
            tokio::spawn(async move {
                if let Some(openid) = &looking.openid {
                    openid.look(looking.hub.now()).await;
                }
            });
            let service = router(app).into_make_service_with_connect_info::<From>();
            let doors = Doors { at, proved };
            // Sockets of desks last for a shift: nobody waits for them at the end.
            tokio::select! {
                _ = stopped => {}
                _ = std::future::IntoFuture::into_future(axum::serve(doors, service)) => {}
            }
        });
    })?;
    Ok(Started { at, stop: Some(stop), thread: Some(thread) })
}

impl Drop for Started {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // One that panicked has said so.
            let _ = thread.join();
        }
    }
}

/// Lets connections in and has each prove who it is, or rather us, beside the others.
async fn let_in(
    listener: tokio::net::TcpListener,
    acceptor: Option<TlsAcceptor>,
    proved: mpsc::Sender<(Connection, SocketAddr)>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let addresses = Addresses::default();
    loop {
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(_) => {
                tokio::time::sleep(NO_FILES).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let Some(place) = Place::of(from.ip(), &addresses, place) else { continue };
        // Small messages that people wait for.
        let _ = stream.set_nodelay(true);
        let (acceptor, proved) = (acceptor.clone(), proved.clone());
        tokio::spawn(async move {
            // Who connects and says nothing is not waited for.
            if !matches!(timeout(HANDSHAKE_WITHIN, stream.readable()).await, Ok(Ok(()))) {
                return;
            }
            let stream = match acceptor {
                None => Stream::Plain(stream),
                Some(acceptor) => match timeout(HANDSHAKE_WITHIN, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => Stream::Tls(Box::new(stream)),
                    Ok(Err(_)) | Err(_) => return,
                },
            };
            // Without a server nobody is served.
            let _ = proved.send((Connection { stream, _place: place }, from)).await;
        });
    }
}

/// Connections that can be served.
struct Doors {
    at: SocketAddr,
    proved: mpsc::Receiver<(Connection, SocketAddr)>,
}

impl Listener for Doors {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        match self.proved.recv().await {
            Some(proved) => proved,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.at)
    }
}

/// From where a connection came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct From(pub(crate) SocketAddr);

impl Connected<IncomingStream<'_, Doors>> for From {
    fn connect_info(stream: IncomingStream<'_, Doors>) -> From {
        From(*stream.remote_addr())
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connections from each address.
type Addresses = Arc<Mutex<BTreeMap<IpAddr, usize>>>;

/// A place among all connections, and among those from one address.
struct Place {
    from: IpAddr,
    addresses: Addresses,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// None if the address has too many.
    fn of(from: IpAddr, addresses: &Addresses, permit: OwnedSemaphorePermit) -> Option<Place> {
        let mut counts = locked(addresses);
        let count = counts.entry(from).or_default();
        if *count >= CONNECTIONS_OF_ONE && !from.is_loopback() {
            return None;
        }
        *count += 1;
        Some(Place { from, addresses: Arc::clone(addresses), _permit: permit })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = locked(&self.addresses);
        if let Some(count) = counts.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.from);
            }
        }
    }
}

/// A connection and its place among all.
struct Connection {
    stream: Stream,
    _place: Place,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
